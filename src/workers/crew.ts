import { CancelledError, PoolTerminatedError } from '../errors/cancelled-error.ts';
import { WorkerStartError } from '../errors/worker-error.ts';
import { afterWindingUp, isWindingUp } from '../process/children.ts';
import { createDeferred } from '../util/deferred.ts';
import { StateMachine } from '../util/state-machine.ts';
import { startTimer } from '../util/timer.ts';
import { CREW_TRANSITIONS, type CrewEvent, type CrewState } from './crew-state.ts';
import { judgeAnswer, judgeLoss, type Verdict } from './judge.ts';
import { type Plan, Staff, type StaffOptions } from './staff.ts';
import { describeWorker, type PoolStatistics, RunTimes } from './statistics.ts';
import type { Task } from './task.ts';
import { TaskQueue } from './task-queue.ts';
import { ReadyTasks, type TaskSource } from './task-source.ts';
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
  readonly #queue = new TaskQueue();
  /** What is in the queue; a source whose input has nothing at the moment is not. */
  readonly #queued = new Set<TaskSource>();
  /** What is to run again, and not yet. */
  readonly #delayed = new Set<Task>();
  readonly #jobs = new Set<Job>();
  readonly #runTimes = new RunTimes();
  readonly #counts = { done: 0, failed: 0, cancelled: 0, retried: 0 };
  #processes: number;
  #minProcesses: number;
  #isScheduled = false;

  constructor(options: CrewOptions) {
    const { promise, resolve } = createDeferred<void>();
    this.ended = promise;
    this.name = options.name;
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
      wanted: () => (this.#isOver ? 0 : this.#countWanted()),
    };
    this.#staff = new Staff(options, plan, {
      onAvailable: () => this.#schedule(),
      onOutcome: (task, outcome, source, ms, stop) => {
        if (outcome.is === 'value' || ms > 0) this.#runTimes.add(ms);
        source.onRan(ms);
        if (task.state !== 'settled') this.#carryOut(judgeAnswer(task, outcome, stop), task);
      },
      onRefused: (task, outcome) => this.#carryOut({ is: 'settled', outcome }, task),
      onReturned: (tasks) => this.#takeBack(tasks),
      onLost: (loss, running, stop) => {
        if (running && running.state !== 'settled') this.#carryOut(judgeLoss(running, loss, stop), running);
      },
      onHopeless: (cause) => this.#giveUp(cause),
      onEmpty: () => {
        if (this.#state.state === 'ending') this.#state.move('end');
      },
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
    return [...this.#staff.workers].map(({ pid }) => pid);
  }

  /** A job has begun: until it is removed, closing waits for it. */
  addJob(job: Job): void {
    if (this.#jobs.size === 0) this.#staff.forgive();
    this.#jobs.add(job);
  }

  removeJob(job: Job): void {
    this.#jobs.delete(job);
    this.#finishIfDone();
  }

  /** Queues a source, or tells that one has more tasks again. */
  enqueue(source: TaskSource): void {
    if (this.#queued.has(source) || !source.isOpen) return;
    this.#queued.add(source);
    this.#queue.push(source);
    this.#schedule();
  }

  /**
   * Settles a task with `error`. If it is running, its worker is asked to end it and killed after its grace.
   * Tells where it met the task.
   */
  cancel(task: Task, error: unknown): 'queued' | 'running' | 'settled' {
    const { state } = task;
    if (!task.settle({ is: 'error', error })) return 'settled';
    this.#counts.cancelled += 1;
    if (state === 'queued') return 'queued';
    for (const worker of this.#staff.workers) if (worker.chunk?.tasks.includes(task)) worker.stop(task, 'cancel');
    return state === 'running' ? 'running' : 'queued';
  }

  /** The same for several tasks. */
  cancelAll(tasks: Iterable<Task>, error: unknown): void {
    const isSettled = new Set<Task>();
    for (const task of tasks) if (task.settle({ is: 'error', error })) isSettled.add(task);
    this.#counts.cancelled += isSettled.size;
    for (const worker of this.#staff.workers) {
      const { current, rest = [] } = worker.chunk ?? {};
      if (rest.some((task) => isSettled.has(task))) worker.cutChunk();
      if (current && isSettled.has(current)) worker.stop(current, 'cancel');
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
    this.#abandonJobs(new PoolTerminatedError(`Cannot finish the task: ${this.name} was terminated`));
    this.#staff.killAll();
  }

  /** Nobody can reach the pool any more: what is still awaited completes, then the workers end; without, they end now. */
  endUnattended(): void {
    if (this.#jobs.size > 0) this.close();
    else this.terminate();
  }

  resize(processes: number): void {
    this.#minProcesses = this.#minProcesses === this.#processes ? processes : Math.min(this.#minProcesses, processes);
    this.#processes = processes;
    this.#staff.adjust();
    this.#schedule();
  }

  statistics(): PoolStatistics {
    const workers = [...this.#staff.workers];
    const running = workers.filter(({ chunk }) => chunk?.current?.state === 'running').length;
    return Object.freeze({
      tasks: Object.freeze({ queued: this.#countQueued(), running, ...this.#counts }),
      workers: Object.freeze(workers.map(describeWorker)),
      lost: this.#staff.lost,
      runTime: this.#runTimes.summarize(),
    });
  }

  get #isOver(): boolean {
    return this.state === 'ending' || this.state === 'ended' || isWindingUp();
  }

  /** Workers that have something to do, or would have; counted no further than there may be. */
  #countWanted(): number {
    let wanted = 0;
    for (const { state } of this.#staff.workers) if (state === 'busy') wanted += 1;
    for (const { backlog } of this.#queue) {
      if (wanted >= this.#processes) break;
      wanted += backlog;
    }
    return wanted;
  }

  /** Items of an input whose length nobody knows do not count. */
  #countQueued(): number {
    let queued = 0;
    for (const { chunk } of this.#staff.workers)
      for (const { state } of chunk?.tasks ?? []) if (state === 'sent') queued += 1;
    for (const { backlog } of this.#queue) if (Number.isFinite(backlog)) queued += backlog;
    for (const { state } of this.#delayed) if (state === 'queued') queued += 1;
    return queued;
  }

  /** Once for all that happens in one turn: what is submitted together is seen together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.state === 'ending' || this.state === 'ended') return;
    for (let source = this.#queue.peek(); source; source = this.#queue.peek()) {
      const needsWorker = source.isOpen && source.backlog > 0;
      const worker = needsWorker ? this.#staff.takeIdle() : undefined;
      if (needsWorker && !worker) break;
      const tasks = this.#takeFrom(source, worker);
      if (tasks.length === 0) {
        this.#queue.drop(source);
        this.#queued.delete(source);
        if (worker?.state === 'idle') this.#staff.returnIdle(worker);
      } else {
        this.#queue.markServed(source);
        worker?.assign(source, tasks);
      }
    }
    this.#staff.adjust();
    if (isWindingUp() && this.#jobs.size > 0) afterWindingUp(() => this.#schedule());
  }

  /** Tasks that were cancelled while they waited are passed over. A source that is at its end is told by asking for none. */
  #takeFrom(source: TaskSource, worker: Worker | undefined): Task[] {
    const max = worker ? Math.min(source.chunkSize(this.#processes), this.#staff.capacityOf(worker)) : 0;
    for (;;) {
      const taken = source.take(max);
      const tasks = taken.filter(({ state }) => state === 'queued');
      if (tasks.length > 0 || taken.length === 0) return tasks;
    }
  }

  #carryOut(verdict: Verdict, task: Task): void {
    if (task.state === 'settled') return;
    if (verdict.is === 'settled') {
      this.#counts[verdict.outcome.is === 'value' ? 'done' : 'failed'] += 1;
      task.settle(verdict.outcome);
      return;
    }
    this.#counts.retried += 1;
    task.requeue();
    this.#delayed.add(task);
    const again = (): void => {
      this.#delayed.delete(task);
      this.enqueue(new ReadyTasks(task.kind, [task]));
    };
    if (verdict.delay === 0) again();
    else startTimer(verdict.delay, again);
  }

  #takeBack(tasks: readonly Task[]): void {
    const wanted = tasks.filter((task) => task.isWanted);
    for (const task of tasks)
      if (!task.isWanted) this.cancel(task, new CancelledError(`Task ${task.id} was cancelled`));
    const [first] = wanted;
    if (!first) return;
    // In front: they were before all that waits. `ReadyTasks` sends them one by one: one of them may be why they are back.
    const source = new ReadyTasks(first.kind, wanted);
    this.#queued.add(source);
    this.#queue.unshift(source);
    this.#schedule();
  }

  #giveUp(cause: unknown): void {
    this.#abandonJobs(
      new WorkerStartError(
        `Cannot start the workers of ${this.name}: ${describe(cause)}; mend that, and submit again`,
        { cause },
      ),
    );
    if (this.#jobs.size === 0) return;
    this.#staff.forgive(); // Callbacks have submitted again.
    this.#schedule();
  }

  #abandonJobs(error: Error): void {
    for (const job of [...this.#jobs]) job.abandon(error);
  }

  #finishIfDone(): void {
    if (this.state === 'closing' && this.#jobs.size === 0) this.#state.move('finish');
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
