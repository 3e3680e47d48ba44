import { processTable } from '../os/process-table.ts';
import type { ChildEnd } from '../process/child.ts';
import { watchMemory } from '../process/memory-watch.ts';
import { StateMachine } from '../util/state-machine.ts';
import { startTimer } from '../util/timer.ts';
import { decode } from '../wire/codec.ts';
import { Chunk, encodeValues } from './chunk.ts';
import { FunctionNumbers } from './function-numbers.ts';
import { type LaunchedWorker, launchWorker, type WorkerLaunch } from './launch-worker.ts';
import { lossReason } from './loss.ts';
import type { WorkerReply } from './protocol.ts';
import { ResultReader } from './result-reader.ts';
import { RunClock } from './run-clock.ts';
import { readStack } from './stack-probe.ts';
import type { Task } from './task.ts';
import type { TaskSource } from './task-source.ts';
import { TaskStop } from './task-stop.ts';
import type { WorkerOwner } from './worker-owner.ts';
import { WORKER_TRANSITIONS, type WorkerEvent, type WorkerState } from './worker-state.ts';

/** How long a worker has to end that was told to, in milliseconds: its children end, and exit handlers write what they have. */
const EXIT_LIMIT = 5000;

/** One worker process, from here: it has a chunk of tasks at a time, and is watched while it runs them. */
export class Worker {
  readonly name: string;
  readonly pid: number;
  readonly #owner: WorkerOwner<Worker>;
  readonly #launched: LaunchedWorker;
  readonly #memoryLimit: number | undefined;
  readonly #state: StateMachine<WorkerState, WorkerEvent>;
  readonly #results = new ResultReader(() => this.kill());
  readonly #clock = new RunClock((task) => this.stop(task, 'timeout'));
  readonly #functions = new FunctionNumbers();
  #chunk: Chunk | undefined;
  #stop: TaskStop | undefined;
  #memory: { stop(): void } | undefined;
  #isOverMemoryLimit = false;
  #exitLimit: { cancel(): void } | undefined;
  readonly #hasInitializer: boolean;
  #tasksDone = 0;
  #readiness: 'pending' | 'ready' | 'refused' = 'pending';

  constructor(launch: WorkerLaunch, memoryLimit: number | undefined, owner: WorkerOwner<Worker>) {
    this.#owner = owner;
    this.#memoryLimit = memoryLimit;
    this.#hasInitializer = launch.initializer !== null;
    this.#launched = launchWorker(launch, {
      onMessage: (reply, body) => this.#onReply(reply, body),
      onGarbage: () => {}, // The end that follows tells it as a loss.
      onEnd: (end) => this.#onEnd(end),
    });
    this.name = this.#launched.name;
    this.pid = this.#launched.child.pid;
    this.#state = new StateMachine(this.name, WORKER_TRANSITIONS, 'starting');
  }

  get state(): WorkerState {
    return this.#state.state;
  }

  get tasksDone(): number {
    return this.#tasksDone;
  }

  /** In bytes; 0 where the platform does not tell. */
  get residentMemory(): number {
    return processTable.residentMemory(this.pid);
  }

  /** Whether its initializer has been through; `refused`: it threw, and that was reported. */
  get readiness(): 'pending' | 'ready' | 'refused' {
    return this.#readiness;
  }

  get chunk(): Chunk | undefined {
    return this.#chunk;
  }

  /** Sends what can cross. Encoding runs code of the user's, which may have terminated the pool meanwhile: then nothing is sent. */
  assign(source: TaskSource, tasks: readonly Task[]): void {
    const { value, sendable, refused } = encodeValues(tasks);
    if (this.state !== 'idle') this.#owner.onReturned(sendable);
    else if (sendable.length > 0) this.#run(new Chunk(source, sendable, value.held), value.bytes);
    for (const [task, outcome] of refused) this.#owner.onRefused(task, outcome);
    if (this.state === 'idle') this.#owner.onFree(this);
  }

  /** Ends one task of the chunk; a task that has not begun never will, or is ended as soon as it does. */
  stop(task: Task, reason: 'timeout' | 'cancel'): void {
    const chunk = this.#chunk;
    const index = chunk?.tasks.indexOf(task) ?? -1;
    if (!chunk || index < chunk.index) return;
    if (index === chunk.index) this.#stopCurrent(chunk, reason);
    else this.#send({ kind: 'abort', chunk: chunk.id, index, reason });
  }

  /** No other task of the chunk is to begin; the running one goes on. */
  cutChunk(): void {
    if (this.#chunk) this.#send({ kind: 'cut', chunk: this.#chunk.id });
  }

  /** No more tasks: it ends when it is through with what it has. */
  retire(): void {
    const { state } = this;
    this.#state.move('retire');
    if (state === 'starting' && !this.#hasInitializer)
      this.kill(); // There is nothing it could be in the middle of.
    else if (state !== 'busy') this.#exit();
  }

  /** Ends it and its whole tree, now. */
  kill(): void {
    this.#launched.child.kill();
  }

  #run(chunk: Chunk, body: Buffer): void {
    this.#state.move('assign');
    this.#chunk = chunk;
    if (this.#memoryLimit !== undefined) {
      this.#memory = watchMemory(this.pid, this.#memoryLimit, () => {
        this.#isOverMemoryLimit = true;
        this.kill();
      });
    }
    const { fn, isNew } = this.#functions.find(chunk.source.kind.target);
    for (const task of chunk.tasks) task.send();
    this.#send(chunk.toRequest(fn, isNew), body);
    this.#begin(chunk);
  }

  #begin(chunk: Chunk): void {
    const task = chunk.current;
    if (!task) return;
    // It was cancelled before the worker got to it, and the worker may have got to it first.
    if (task.state === 'settled') this.#stopCurrent(chunk, 'cancel');
    else {
      task.begin();
      this.#clock.start(task);
    }
  }

  #stopCurrent(chunk: Chunk, reason: 'timeout' | 'cancel'): void {
    if (this.#stop) return;
    this.#stop = new TaskStop(reason, chunk.source.kind.settings.grace, {
      ask: () => this.#send({ kind: 'abort', chunk: chunk.id, index: chunk.index, reason }),
      look: (limit) => readStack(this.pid, this.#launched.stderr, limit),
      kill: () => this.kill(),
    });
  }

  #onReply(reply: WorkerReply, body: Buffer): void {
    switch (reply.kind) {
      case 'ready':
        this.#state.move('ready');
        this.#readiness = 'ready';
        if (this.state === 'idle') this.#owner.onReady(this);
        else this.#exit();
        return;
      case 'begun':
      case 'loaded':
        if (this.#chunk?.id === reply.chunk) this.#onBegun(this.#chunk, reply);
        return;
      case 'failed':
        void this.#reportStartError(body);
        return;
      case 'value':
      case 'error':
      case 'unsendable':
      case 'skipped':
        this.#onAnswer(reply, body);
        return;
      case 'progress':
        this.#results.readProgress(this.#taskOf(reply), body);
        return;
      case 'heard':
        if (this.#chunk?.id === reply.chunk && this.#chunk.index === reply.index) this.#stop?.heard();
        return;
      case 'undecodable':
        this.#free(reply.chunk, 0);
        return;
      case 'done':
        this.#free(reply.chunk, reply.next);
        return;
      default:
        reply satisfies never;
    }
  }

  /** The time of its first task begins only now, whatever waking the worker and loading the function took. */
  #onBegun(chunk: Chunk, reply: Extract<WorkerReply, { kind: 'begun' | 'loaded' }>): void {
    chunk.hasBegun = true;
    const task = chunk.current;
    if (task?.state !== 'running') return;
    // Asked too early, the worker says so by another `loaded`.
    if (this.#stop?.reason === 'timeout' && reply.kind === 'loaded') this.#endStop();
    if (!this.#stop) this.#clock.start(task, reply.kind === 'begun' && reply.isLoading);
  }

  #onAnswer(reply: Extract<WorkerReply, { index: number; ms: number }>, body: Buffer): void {
    const task = this.#taskOf(reply);
    const chunk = this.#chunk;
    if (!task || !chunk) {
      this.kill(); // It answers what nobody asked: it is not the worker it was.
      return;
    }
    const stop = this.#endStop();
    this.#clock.stop();
    if (reply.kind !== 'skipped') this.#tasksDone += 1;
    this.#results.read(reply, body, task, (outcome) =>
      this.#owner.onOutcome(task, outcome, chunk.source, reply.ms, stop),
    );
    chunk.advance();
    this.#begin(chunk);
  }

  /** The task a reply is about, if it is the one that is running. */
  #taskOf({ chunk, index }: { chunk: number; index: number }): Task | undefined {
    return this.#chunk?.id === chunk && this.#chunk.index === index ? this.#chunk.current : undefined;
  }

  #endStop(): TaskStop | undefined {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.end();
    if (stop?.hasLooked) this.#send({ kind: 'detach' });
    return stop;
  }

  #free(chunkId: number, next: number): void {
    const chunk = this.#chunk;
    if (chunk?.id !== chunkId) return;
    this.#leaveChunk();
    this.#state.move('free');
    this.#owner.onReturned(returned(chunk.tasks.slice(next)));
    if (this.state === 'retiring') this.#exit();
    else this.#owner.onFree(this);
  }

  /** It has nothing to do any more. One that does not end all the same hangs in an exit handler of the user's, or is stopped. */
  #exit(): void {
    this.#send({ kind: 'exit' });
    this.#exitLimit ??= startTimer(EXIT_LIMIT, () => this.kill());
  }

  #leaveChunk(): void {
    this.#endStop();
    this.#clock.stop();
    this.#memory?.stop();
    this.#memory = undefined;
    this.#chunk = undefined;
  }

  async #reportStartError(body: Buffer): Promise<void> {
    this.#readiness = 'refused';
    let error: unknown;
    try {
      error = await decode(body);
    } catch (undecodable) {
      error = undecodable;
    }
    this.#owner.onStartError(this, error);
  }

  #onEnd(end: ChildEnd): void {
    const chunk = this.#chunk;
    const stop = this.#stop;
    const { tail } = this.#launched.stderr;
    const reason = lossReason(end, this.#isOverMemoryLimit, tail);
    this.#leaveChunk();
    this.#exitLimit?.cancel();
    this.#state.move('end');
    const running = chunk?.current;
    const isReturned =
      running?.state === 'running' && !chunk?.hasBegun && stop?.reason !== 'timeout' && running.outlivesUnbegun();
    if (chunk) this.#owner.onReturned(returned(isReturned ? [running, ...chunk.rest] : chunk.rest));
    this.#owner.onEnd(
      this,
      { name: this.name, pid: this.pid, end, reason, stderrTail: tail },
      isReturned ? undefined : running,
      stop,
    );
  }

  #send(...[request, body]: Parameters<LaunchedWorker['child']['channel']['send']>): void {
    if (body) this.#launched.child.channel.send(request, body);
    else this.#launched.child.channel.send(request);
  }
}

/** Tasks that a worker had and did not begin, back in the queue's hands; those settled meanwhile are not. */
function returned(tasks: readonly Task[]): Task[] {
  const unsettled = tasks.filter(({ state }) => state !== 'settled');
  for (const task of unsettled) task.withdraw();
  return unsettled;
}
