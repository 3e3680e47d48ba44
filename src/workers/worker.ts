import type { ChildEnd } from '../process/child.ts';
import { processTable } from '../os/process-table.ts';
import { watchMemory } from '../process/memory-watch.ts';
import { StateMachine } from '../util/state-machine.ts';
import { decode } from '../wire/codec.ts';
import { Chunk, encodeValues } from './chunk.ts';
import { type LaunchedWorker, launchWorker, type WorkerLaunch } from './launch-worker.ts';
import { type Loss, lossReason } from './loss.ts';
import type { WorkerReply } from './protocol.ts';
import { ResultReader } from './result-reader.ts';
import { RunClock } from './run-clock.ts';
import { readStack } from './stack-probe.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskSource } from './task-source.ts';
import { TaskStop } from './task-stop.ts';
import { WORKER_TRANSITIONS, type WorkerEvent, type WorkerState } from './worker-state.ts';

/** What a worker tells its crew. */
export interface WorkerOwner {
  /** Its initializer is through. */
  onReady(worker: Worker): void;
  /** It may get another chunk. */
  onFree(worker: Worker): void;
  /** A task has answered; `ms` is how long it ran. `stop`: it had been asked to end. */
  onOutcome(task: Task, outcome: Outcome, source: TaskSource, ms: number, stop: TaskStop | undefined): void;
  /** These have not begun, and go back to the queue; `isolate`: each by itself. */
  onReturned(tasks: readonly Task[], isolate: boolean): void;
  /** It has ended. `running` was lost with it; `startError`: it never got ready. */
  onEnd(worker: Worker, loss: Loss, running: Task | undefined, stop: TaskStop | undefined): void;
  onStartError(worker: Worker, error: unknown): void;
}

export interface WorkerLimits {
  readonly memoryLimit: number | undefined;
}

/** One worker process, from here: it has a chunk of tasks at a time, and is watched while it runs them. */
export class Worker {
  readonly name: string;
  readonly pid: number;
  readonly #owner: WorkerOwner;
  readonly #launched: LaunchedWorker;
  readonly #limits: WorkerLimits;
  readonly #state: StateMachine<WorkerState, WorkerEvent>;
  readonly #results = new ResultReader();
  readonly #clock = new RunClock((task) => this.stop(task, 'timeout'));
  /** Functions this worker knows, by number. */
  readonly #functions = new Map<string, number>();
  #chunk: Chunk | undefined;
  #stop: TaskStop | undefined;
  #memory: { stop(): void } | undefined;
  #isOverMemoryLimit = false;
  #tasksDone = 0;
  #readiness: 'pending' | 'ready' | 'refused' = 'pending';

  constructor(launch: WorkerLaunch, limits: WorkerLimits, owner: WorkerOwner) {
    this.#owner = owner;
    this.#limits = limits;
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

  /** Sends what can cross; the others are answered here. Only while idle. */
  assign(source: TaskSource, tasks: readonly Task[]): void {
    const { body, sendable, refused } = encodeValues(tasks);
    for (const task of sendable) task.send();
    if (sendable.length > 0) this.#run(new Chunk(source, sendable), body);
    for (const [task, outcome] of refused) this.#owner.onOutcome(task, outcome, source, 0, undefined);
    if (sendable.length === 0) this.#owner.onFree(this);
  }

  /** Ends one task of the chunk; a task that has not begun never will, or is ended as soon as it does. */
  stop(task: Task, reason: 'timeout' | 'cancel'): void {
    const chunk = this.#chunk;
    const index = chunk?.tasks.indexOf(task) ?? -1;
    if (!chunk || index < chunk.index) return;
    if (index === chunk.index) this.#stopCurrent(chunk, reason, false);
    else this.#send({ kind: 'abort', chunk: chunk.id, index, rest: false, reason });
  }

  /** Ends the running task, and begins no other of the chunk. */
  stopChunk(): void {
    if (this.#chunk) this.#stopCurrent(this.#chunk, 'cancel', true);
  }

  /** No more tasks: it ends when it is through with what it has. */
  retire(): void {
    const wasFree = this.state !== 'busy';
    this.#state.move('retire');
    if (wasFree) this.#send({ kind: 'exit' });
  }

  /** Ends it and its whole tree, now. */
  kill(): void {
    this.#launched.child.kill();
  }

  #run(chunk: Chunk, body: Buffer): void {
    this.#state.move('assign');
    this.#chunk = chunk;
    const { memoryLimit } = this.#limits;
    if (memoryLimit !== undefined) {
      this.#memory = watchMemory(this.pid, memoryLimit, () => {
        this.#isOverMemoryLimit = true;
        this.kill();
      });
    }
    const { module, export: name } = chunk.source.kind.target;
    const key = `${name} ${module}`;
    const known = this.#functions.get(key);
    const number = known ?? this.#functions.size;
    this.#functions.set(key, number);
    this.#send(chunk.toRequest(number, known === undefined), body);
    this.#begin(chunk);
  }

  #begin(chunk: Chunk): void {
    const task = chunk.current;
    if (!task) return;
    // It was cancelled before the worker got to it, and the worker may have got to it first.
    if (task.state === 'settled') this.#stopCurrent(chunk, 'cancel', false);
    else {
      task.begin();
      this.#clock.start(task);
    }
  }

  #stopCurrent(chunk: Chunk, reason: 'timeout' | 'cancel', rest: boolean): void {
    const request = { kind: 'abort', chunk: chunk.id, index: chunk.index, rest, reason } as const;
    if (this.#stop) {
      if (rest) this.#send(request);
      return;
    }
    this.#stop = new TaskStop(reason, chunk.source.kind.settings.grace, {
      ask: () => this.#send(request),
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
        this.#free(reply.chunk, 0, true);
        return;
      case 'done':
        this.#free(reply.chunk, reply.next, false);
        return;
      default:
        reply satisfies never;
    }
  }

  #onAnswer(reply: Extract<WorkerReply, { index: number; ms: number }>, body: Buffer): void {
    const task = this.#taskOf(reply);
    const chunk = this.#chunk;
    if (!task || !chunk) return this.kill(); // It answers what nobody asked: it is not the worker it was.
    const stop = this.#endStop();
    this.#clock.stop();
    this.#tasksDone += 1;
    this.#results.read(reply, body, task, (outcome) => this.#owner.onOutcome(task, outcome, chunk.source, reply.ms, stop));
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

  #free(chunkId: number, next: number, isolate: boolean): void {
    const chunk = this.#chunk;
    if (chunk?.id !== chunkId) return;
    this.#leaveChunk();
    this.#state.move('free');
    this.#owner.onReturned(returned(chunk.tasks.slice(next)), isolate);
    if (this.state === 'retiring') this.#send({ kind: 'exit' });
    else this.#owner.onFree(this);
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
    this.#state.move('end');
    const running = chunk?.current;
    if (chunk) this.#owner.onReturned(returned(chunk.rest), false);
    this.#owner.onEnd(this, { name: this.name, pid: this.pid, end, reason, stderrTail: tail }, running, stop);
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
