import { CancelledError, PoolTerminatedError } from '../errors/cancelled-error.ts';
import { WorkerStartError } from '../errors/worker-error.ts';
import { isWindingUp } from '../process/children.ts';
import { createDeferred } from '../util/deferred.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import { StateMachine } from '../util/state-machine.ts';
import { type Batch, madeIn, tasksOf } from './batch.ts';
import { CREW_TRANSITIONS, type CrewEvent, type CrewState } from './crew-state.ts';
import { Diagnostics } from './diagnostics.ts';
import { Dispatcher } from './dispatcher.ts';
import { type Plan, Staff, type StaffOptions } from './staff.ts';
import { type PoolStatistics, takeStatistics } from './statistics.ts';
import { reportSuspension } from './suspension.ts';
import type { Task } from './task.ts';
import { TaskOutcomes } from './task-outcomes.ts';
import { type Origin, ReadyTasks, type TaskSource } from './task-source.ts';
import type { Worker } from './worker.ts';

/** Something a user waits for: an apply, a map, an iteration. It knows what its tasks come to. */
export interface Job {
  /** Every task of it that has not settled is to fail with this error; nothing will run any more. */
  abandon(error: Error): void;
}

export interface CrewOptions extends StaffOptions {
  readonly name: string;
  readonly processes: number;
  readonly minProcesses: number;
}

/**
 * The mechanism under every pool: a queue of tasks, the workers that run them, and what happens when either goes wrong.
 * The queue is the parent's; each worker has a channel of its own, and loses nothing but the task it was running.
 */
export class Crew {
  /** Resolves once the last worker is gone. */
  readonly ended: Promise<void>;
  readonly name: string;
  readonly #state: StateMachine<CrewState, CrewEvent>;
  readonly #staff: Staff;
  readonly #dispatcher: Dispatcher;
  readonly #jobs = new Set<Job>();
  /** Tasks that belong to no job, and have not settled. */
  #submitted = 0;
  #alive: Disposable | undefined;
  readonly #diagnostics: Diagnostics;
  readonly #outcomes: TaskOutcomes;
  #processes: number;
  #minProcesses: number;

  constructor(options: CrewOptions) {
    const { promise, resolve } = createDeferred<void>();
    this.ended = promise;
    this.name = options.name;
    this.#diagnostics = new Diagnostics(options.name);
    this.#outcomes = new TaskOutcomes(this.#diagnostics, {
      onDue: (task) => this.#dispatcher.enqueue(new ReadyTasks([task], 'suspect')),
      onCallSettled: () => this.#onCallSettled(),
    });
    this.#processes = options.processes;
    this.#minProcesses = options.minProcesses;
    this.#state = new StateMachine(this.name, CREW_TRANSITIONS, 'open', {
      closing: () => this.#finishIfDone(),
      ending: () => this.#staff.retireAll(),
      ended: resolve,
    });
    const plan: Plan = {
      min: () => (this.state === 'open' && !this.#isOver ? this.#minProcesses : 0),
      max: () => this.#processes,
      wanted: () => (this.#isOver ? 0 : this.#staff.busy + this.#dispatcher.countWanted(this.#processes)),
    };
    this.#staff = new Staff(options, plan, {
      onHired: ({ process }) => this.#diagnostics.onWorkerStart(process),
      onAvailable: () => this.#dispatcher.schedule(),
      onBegin: (task) => this.#diagnostics.onBegin(task),
      areWatched: () => this.#diagnostics.areTasksWatched,
      onRun: (kind, times) => this.#outcomes.tally.record(kind, times),
      onOutcome: (task, outcome, ms, stop) => this.#outcomes.onAnswered(task, outcome, ms, stop),
      onValues: (batch, position, values, from) => this.#outcomes.onValues(batch, position, values, from),
      onRefused: (task, outcome) => this.#outcomes.onRefused(task, outcome),
      onReturned: (batches, origin) => this.#takeBack(batches, origin),
      onSuspend: (worker, suspension) => reportSuspension(worker, suspension, this.#diagnostics),
      onGone: (loss, isLost, begun, stop) => {
        if (isLost) this.#outcomes.onLost(begun, loss, stop);
        this.#diagnostics.onWorkerEnd(loss, isLost);
      },
      onHopeless: (cause) => this.#giveUp(cause),
      onEmpty: () => {
        if (this.#state.state === 'ending') this.#state.move('end');
      },
    });
    this.#dispatcher = new Dispatcher(this.#staff, {
      isOver: () => this.#isClosed,
      processes: () => this.#processes,
      isAwaited: () => this.#isAwaited,
      onTaken: (source, batch, { process }) => this.#diagnostics.onTaken(source, batch, process),
    });
    this.#staff.adjust();
  }

  get state(): CrewState {
    return this.#state.state;
  }

  get processes(): number {
    return this.#processes;
  }

  get workerPids(): number[] {
    return [...this.#staff.workers].map(({ process }) => process.pid);
  }

  /** A job has begun: until it is removed, closing waits for it. */
  addJob(job: Job): void {
    if (!this.#isAwaited) this.#staff.forgive();
    this.#jobs.add(job);
    if (this.#isClosed) job.abandon(this.#terminated()); // By what reading its input set off.
  }

  removeJob(job: Job): void {
    this.#jobs.delete(job);
    this.#finishIfDone();
  }

  /** Queues a source, or tells that one has more tasks again. */
  enqueue(source: TaskSource): void {
    this.#diagnostics.onSource(source);
    this.#dispatcher.enqueue(source);
  }

  /** Queues one task that is a job of its own. It keeps the program alive until it settles. */
  submit(task: Task): void {
    this.#diagnostics.onSubmit(task);
    if (this.#submitted === 0) {
      if (this.#jobs.size === 0) this.#staff.forgive();
      this.#alive = KeepAlive.hold();
    }
    this.#submitted += 1;
    if (this.#isClosed) this.cancel(task, this.#terminated());
    else this.#dispatcher.submit(task);
  }

  /**
   * Settles a task with `error`. If it is running, its worker is asked to end it and killed after its grace.
   * Tells where it met the task.
   */
  cancel(task: Task, error: unknown): 'queued' | 'running' | 'settled' {
    if (task.state === 'settled') return 'settled';
    const worker = this.#recall(task);
    // What nobody has any more is answered, and about to be told.
    const hasBegun = task.state !== 'queued' && (!worker || worker.lane.isShared || task.state === 'running');
    this.#outcomes.onCancelled(task, error);
    worker?.end(task);
    return hasBegun ? 'running' : 'queued';
  }

  /** Settles a task with `error` unless a worker has begun it, or may have: then nothing happens. */
  withdraw(task: Task, error: unknown): void {
    if (!this.#recall(task)) this.#outcomes.onCancelled(task, error);
  }

  /** Nobody wants what is in these any more: what has not begun is not told of one by one. */
  discard(batches: readonly Batch[]): void {
    this.#staff.collect();
    this.#staff.tell();
    const unwanted = new Set(batches);
    const recalled = [...this.#staff.workers].flatMap((worker) => worker.recallAll(unwanted));
    for (const batch of [...recalled, ...batches]) this.#outcomes.onDiscarded(batch);
  }

  /** The same as `cancel` for several tasks. */
  cancelAll(tasks: Iterable<Task>, error: unknown): void {
    // From the last to the first: none of them gets its turn meanwhile.
    for (const task of [...tasks].reverse()) this.cancel(task, error);
  }

  /** The same, but what is running goes on to its end; nobody wants its result. */
  cancelWaiting(tasks: Iterable<Task>, error: unknown): void {
    for (const task of [...tasks].reverse()) {
      const worker = this.#recall(task);
      if (worker && (worker.lane.isShared || task.state === 'running')) task.disown();
      else this.cancel(task, error);
    }
  }

  /** No more jobs; once those there are have settled, the workers end. */
  close(): void {
    this.#state.move('close');
  }

  /** All jobs fail, all workers are killed. */
  terminate(): void {
    if (this.state === 'ended') return;
    // First of all: a callback that submits again is to be refused.
    this.#state.move('terminate');
    this.#abandonJobs(this.#terminated());
    this.#staff.killAll();
  }

  /** Nobody can reach the pool any more: what is still awaited completes, then the workers end; without, they end now. */
  endUnattended(): void {
    if (this.#isAwaited) this.close();
    else this.terminate();
  }

  /** To every worker there is, and all that it started. */
  signalWorkers(signal: NodeJS.Signals): void {
    for (const { process } of this.#staff.workers) process.signal(signal);
  }

  resize(processes: number): void {
    this.#minProcesses = this.#minProcesses === this.#processes ? processes : Math.min(this.#minProcesses, processes);
    this.#processes = processes;
    this.#staff.adjust();
    this.#dispatcher.schedule();
  }

  statistics(): PoolStatistics {
    const { workers, lost } = this.#staff;
    const waiting = this.#dispatcher.countQueued() + this.#outcomes.countDelayed();
    return takeStatistics({ workers, waiting, lost, tally: this.#outcomes.tally });
  }

  get #isAwaited(): boolean {
    return this.#submitted > 0 || this.#jobs.size > 0;
  }

  get #isClosed(): boolean {
    return this.state === 'ending' || this.state === 'ended';
  }

  get #isOver(): boolean {
    return this.#isClosed || isWindingUp();
  }

  /** Takes a task from its worker, if it has not begun it: it is queued then. Else returns the worker that has it, if any has. */
  #recall(task: Task): Worker | undefined {
    if (task.state === 'queued') return undefined;
    for (const worker of this.#staff.workers) {
      const place = worker.recall(task);
      if (place === 'kept') return worker;
      if (place === 'taken') task.withdraw();
    }
    return undefined;
  }

  #takeBack(batches: readonly Batch[], origin: Origin): void {
    for (const batch of batches) {
      for (const task of this.#isClosed ? tasksOf(batch) : madeIn(batch)) {
        if (this.#isClosed) this.cancel(task, this.#terminated());
        else if (!task.isWanted) this.cancel(task, new CancelledError(`Task ${task.id} was cancelled`));
      }
    }
    const waiting = batches.map((batch) => batch.waiting()).filter(({ length }) => length > 0);
    if (waiting.length > 0) this.#dispatcher.putBack(waiting, origin);
  }

  #onCallSettled(): void {
    this.#submitted -= 1;
    if (this.#submitted > 0) return;
    this.#alive?.[Symbol.dispose]();
    this.#finishIfDone();
  }

  #giveUp(cause: unknown): void {
    this.#abandonJobs(
      new WorkerStartError(
        `Cannot start the workers of ${this.name}: ${describe(cause)}; mend that, and submit again`,
        { cause },
      ),
    );
    if (!this.#isAwaited) return;
    this.#staff.forgive(); // Callbacks have submitted again.
    this.#dispatcher.schedule();
  }

  #terminated(): PoolTerminatedError {
    return new PoolTerminatedError(`Cannot finish the task: ${this.name} was terminated`);
  }

  #abandonJobs(error: Error): void {
    for (const job of [...this.#jobs]) job.abandon(error);
    const waiting = [...this.#dispatcher.tasks(), ...this.#outcomes.delayed];
    this.cancelAll([...waiting, ...[...this.#staff.workers].flatMap((worker) => [...worker.tasks()])], error);
  }

  #finishIfDone(): void {
    if (this.state === 'closing' && !this.#isAwaited) this.#state.move('finish');
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
