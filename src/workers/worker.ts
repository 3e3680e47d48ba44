import { endLeases } from '../memory/lease.ts';
import { StateMachine } from '../util/state-machine.ts';
import { type Batch, batchesOf } from './batch.ts';
import { shareToKeep } from './batch-size.ts';
import { encodeTasks } from './encode-tasks.ts';
import { FunctionNumbers } from './function-numbers.ts';
import { Lane, type LedgerAnswers, tasksOfAnswers } from './lane.ts';
import { LaneWatch } from './lane-watch.ts';
import type { WorkerLaunch } from './launch-worker.ts';
import type { Loss } from './loss.ts';
import type { Answer, WorkerReply } from './protocol.ts';
import { bytesOf, ResultReader } from './result-reader.ts';
import type { Task } from './task.ts';
import type { TaskSource } from './task-source.ts';
import type { TaskStop } from './task-stop.ts';
import { TimeSheet } from './time-sheet.ts';
import { Turn } from './turn.ts';
import type { WorkerOwner } from './worker-owner.ts';
import { WorkerProcess } from './worker-process.ts';
import { WORKER_TRANSITIONS, type WorkerEvent, type WorkerState } from './worker-state.ts';

/** One worker process, from here: it has a lane of tasks, and is watched while it runs them. */
export class Worker {
  readonly process: WorkerProcess;
  /** The tasks it has, in the order in which it runs them. */
  readonly lane: Lane = new Lane();
  readonly times: TimeSheet = new TimeSheet();
  readonly #owner: WorkerOwner<Worker>;
  readonly #state: StateMachine<WorkerState, WorkerEvent>;
  readonly #turn: Turn;
  readonly #watch = new LaneWatch(() => this.#lookAfter());
  readonly #results = new ResultReader(() => this.process.kill());
  readonly #functions = new FunctionNumbers();
  /** The id of the task whose turn it was when it was last looked after: the task itself would be kept, with all it refers to. */
  #lastSeen: number | undefined;
  /** What was answered, and nobody has been told. `stop` is for the first of the tasks. */
  readonly #untold: Array<{ readonly answers: LedgerAnswers; readonly stop: TaskStop | undefined }> = [];
  #tasksDone = 0;

  constructor(launch: WorkerLaunch, memoryLimit: number | undefined, owner: WorkerOwner<Worker>) {
    const shared = { ledger: this.lane.lendLedger(), outbox: this.#results.lendOutbox() };
    this.#owner = owner;
    this.process = new WorkerProcess(launch, memoryLimit, shared, {
      onReply: (reply, body) => this.#onReply(reply, body),
      onSuspend: (suspension) => owner.onSuspend(this, suspension),
      onEnd: (loss) => this.#onEnd(loss),
    });
    this.#turn = new Turn({
      pid: this.process.pid,
      ask: (reason) => this.process.send({ kind: 'abort', seq: this.lane.seq, reason }),
      look: (limit) => this.process.readStack(limit),
      detach: () => this.process.send({ kind: 'detach' }),
      kill: () => this.process.kill(),
      onDue: (task) => this.#onDue(task),
    });
    this.#state = new StateMachine(this.process.name, WORKER_TRANSITIONS, 'starting', {
      busy: () => this.#work(),
      idle: () => this.#rest(),
      leaving: () => this.#leave(),
    });
  }

  get state(): WorkerState {
    return this.#state.state;
  }

  get tasksDone(): number {
    return this.#tasksDone;
  }

  /** All that have not settled, as far as they are in its hands. */
  *tasks(): Generator<Task, void, undefined> {
    yield* this.lane;
    for (const { answers } of this.#untold) yield* tasksOfAnswers(answers);
    yield* this.#results.waiting;
  }

  /** Sends what can cross. Encoding runs code of the user's, which may have terminated the pool meanwhile: then nothing is sent. */
  assign(source: TaskSource, batch: Batch): void {
    const { sendable, body, lengths, held, refused } = encodeTasks(batch);
    if (!this.#state.can('assign')) {
      endLeases(held);
      this.#owner.onReturned([sendable], 'moved');
    } else if (sendable.length > 0) {
      this.#state.move('assign');
      sendable.send();
      const chunk = this.lane.add(source, sendable, held);
      const { fn, isNew } = this.#functions.find(source.kind.target);
      this.process.send(chunk.toRequest(fn, isNew, lengths), ...body);
      this.#goOn();
      if (this.lane.span > 1) this.#watch.start();
    }
    for (const [task, outcome] of refused) this.#owner.onRefused(task, outcome);
    if (sendable.length === 0 && this.state === 'idle') this.#owner.onFree(this);
  }

  /** Takes a task out of the lane, unless it has begun, or may have. Undefined if it is not here. */
  recall(task: Task): 'taken' | 'kept' | undefined {
    const seq = this.lane.find(task);
    if (seq === undefined) return undefined;
    if (!this.lane.tryTakeBack(seq)) return 'kept';
    this.#goOn();
    return 'taken';
  }

  /** Takes what it cannot begin any more of these out of the lane. */
  recallAll(batches: ReadonlySet<Batch>): Batch[] {
    const taken = this.lane.takeBackAll(batches);
    for (const batch of taken) batch.withdraw();
    this.#goOn();
    return taken;
  }

  /** For a task that has settled: it is asked to end, or where that is still possible, does not begin. */
  end(task: Task): void {
    const seq = this.lane.find(task);
    if (seq === undefined) return;
    if (task === this.#turn.task) this.#turn.stop('cancel');
    else this.#withdraw([seq]);
  }

  /** Gives back what it has not begun, but for so many; with a shared ledger at once, else when it has heard of it. */
  giveBack(keep: number): void {
    if (this.lane.isShared) this.#giveToOwner(this.lane.takeBackBehind(keep), 'moved');
    else this.#withdraw(this.lane.seqsBehind(keep));
  }

  /** No more tasks: it ends when it is through with the one it is running. */
  retire(): void {
    this.#state.move('retire');
    if (this.state === 'finishing') this.giveBack(0);
  }

  /** The lane has changed: it may be another's turn, or nobody's. */
  #goOn(): void {
    const { current } = this.lane;
    if (current !== this.#turn.task) {
      this.#turn.pass(current);
      if (current) this.#owner.onBegin(current);
    }
    if (!current && this.#state.can('free')) this.#state.move('free');
  }

  #work(): void {
    this.times.begin('busy');
    this.process.watch();
  }

  #rest(): void {
    this.times.begin('idle');
    this.#stopWatching();
    this.#owner.onFree(this);
  }

  /** Takes the answers out of the ledger, to be told by `tell`: that runs code of the user's, and this does not. */
  collect(): void {
    const { length } = this.#untold;
    for (let answers = this.lane.takeAnswers(); answers; answers = this.lane.takeAnswers()) {
      this.#owner.onRun(answers.batch.kind, answers.times);
      this.#untold.push({ answers, stop: this.#pass(answers.values.length) });
    }
    if (this.#untold.length > length) this.#onProgress();
  }

  tell(): void {
    if (this.#untold.length === 0) return;
    for (const { answers, stop } of this.#untold.splice(0)) this.#results.readLedger(answers, stop, this.#owner);
  }

  #sweep(): void {
    this.collect();
    this.tell();
  }

  /** Looks for answers, and moves what would wait for too long. True as long as there is more than one task. */
  #lookAfter(): boolean {
    this.#sweep();
    const { task } = this.#turn;
    if (!task) return false;
    const isHeldUp = task.id === this.#lastSeen;
    this.#lastSeen = task.id;
    this.giveBack(isHeldUp ? 0 : shareToKeep(task.kind.cost));
    return this.lane.span > 1;
  }

  /** The current task has been answered, or that and others behind it. */
  #pass(count: number): TaskStop | undefined {
    this.#tasksDone += count;
    return this.#turn.end();
  }

  #onProgress(): void {
    this.#goOn();
    this.#owner.onProgress(this);
  }

  /** The worker may have answered, and had no time to tell. */
  #onDue(task: Task): void {
    this.#sweep();
    if (task === this.#turn.task) this.#turn.stop('timeout');
  }

  #withdraw(seqs: readonly number[]): void {
    if (!this.lane.isShared && seqs.length > 0) this.process.send({ kind: 'withdraw', seqs });
  }

  #onReturned(seqs: readonly number[], origin: 'moved' | 'suspect'): void {
    const tasks = seqs.map((seq) => this.lane.remove(seq)).filter((task) => task !== undefined);
    this.#giveToOwner(batchesOf(tasks), origin);
  }

  #giveToOwner(batches: readonly Batch[], origin: 'moved' | 'suspect'): void {
    for (const batch of batches) batch.withdraw();
    if (batches.length > 0) this.#owner.onReturned(batches, origin);
    this.#goOn();
  }

  #onReply(reply: WorkerReply, body: Buffer): void {
    this.#sweep();
    switch (reply.kind) {
      case 'ready':
        this.#owner.onReady(this);
        this.#state.move('ready');
        if (this.state === 'leaving') this.process.leave();
        return;
      case 'failed':
        this.#results.readError(reply, body, (error) => this.#owner.onStartError(this, error));
        return;
      case 'begun':
        this.lane.begun(reply.seq);
        if (this.#isCurrent(reply)) this.#turn.onBegun(reply.isLoading);
        return;
      case 'loaded':
        if (this.#isCurrent(reply)) this.#turn.onLoaded();
        return;
      case 'look':
        return;
      case 'value':
      case 'error':
      case 'unsendable':
        this.#onAnswer(reply, body);
        return;
      case 'withdrawn':
      case 'undecodable':
        this.#onReturned(reply.seqs, reply.kind === 'withdrawn' ? 'moved' : 'suspect');
        return;
      case 'progress':
        this.#results.readProgress(reply, body, this.#isCurrent(reply) ? this.lane.current : undefined);
        return;
      case 'heard':
        if (this.#isCurrent(reply)) this.#turn.heard();
        return;
      default:
        reply satisfies never;
    }
  }

  #isCurrent({ seq }: { seq: number }): boolean {
    return this.lane.seq === seq && this.lane.current !== undefined;
  }

  #onAnswer(reply: Answer, body: Buffer): void {
    const task = this.lane.current;
    if (!task || !this.#isCurrent(reply)) {
      this.process.kill(); // It answers what nobody asked: it is not the worker it was.
      return;
    }
    this.lane.advance(1);
    if (reply.kind === 'value' || reply.ms > 0) this.#owner.onRun(task.kind, Float32Array.of(reply.ms));
    const stop = this.#pass(1);
    task.kind.cost.recordResult(bytesOf(reply, body));
    this.#results.read(reply, body, task, (outcome) => this.#owner.onOutcome(task, outcome, reply.ms, stop));
    this.#onProgress();
  }

  #stopWatching(): void {
    this.#watch.stop();
    this.process.rest();
  }

  #leave(): void {
    this.times.begin('ending');
    this.#stopWatching();
    this.process.leave();
  }

  #onEnd(loss: Loss): void {
    this.#sweep();
    this.#results.close();
    const stop = this.#turn.end();
    const isCulprit = (task: Task, isAlone: boolean): boolean =>
      task.state === 'running' && (stop?.reason === 'timeout' || (isAlone && !task.outlivesUnbegun()));
    const { begun, suspect, unbegun } = this.lane.clear(isCulprit);
    this.#stopWatching();
    this.#state.move('end');
    this.#giveToOwner(unbegun, 'moved');
    this.#giveToOwner(suspect, 'suspect');
    this.#owner.onEnd(this, loss, begun, stop);
  }
}
