import type { Place } from '../process/place.ts';
import { processBudget } from '../process/process-budget.ts';
import { startTimer } from '../util/timer.ts';
import { maySendAhead } from './batch-size.ts';
import { IdleWorkers } from './idle-workers.ts';
import type { WorkerLaunch } from './launch-worker.ts';
import { describeLoss, isOutOfSystemMemory, type Loss } from './loss.ts';
import { MemoryEase } from './memory-ease.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { Task, TaskKind } from './task.ts';
import type { TaskStop } from './task-stop.ts';
import { Worker } from './worker.ts';
import type { WorkerOwner } from './worker-owner.ts';

export interface StaffOptions {
  readonly launch: WorkerLaunch;
  readonly maxTasksPerChild: number;
  readonly maxMemoryPerChild: number;
  readonly memoryLimit: number | undefined;
  readonly idleTimeout: number;
  /** How many processes the whole program is to have, for the pools of its tasks. */
  readonly processBudget: number;
}

type Passed = 'onBegin' | 'areWatched' | 'onRun' | 'onOutcome' | 'onValues' | 'onReturned' | 'onRefused' | 'onSuspend';

export interface StaffEvents extends Pick<WorkerOwner<Worker>, Passed> {
  onHired(worker: Worker): void;
  /** A worker became idle, or there is reason to look again whether one could take more. */
  onAvailable(): void;
  /** A worker ended; `isLost`: without being told to, and with it these tasks, which it had begun. */
  onGone(loss: Loss, isLost: boolean, begun: readonly Task[], stop: TaskStop | undefined): void;
  /** Workers end before they are ready, again and again: this is why. */
  onHopeless(cause: unknown): void;
  onEmpty(): void;
}

/** How long some workers do without those that fail to start, before another attempt, in milliseconds. */
const LONGEST_PAUSE = 1000;

/** How long some workers do without more for which the budget has no place, in milliseconds. */
const BUDGET_PAUSE = 100;

/** One chunk that it runs and one that it finds when it is through. */
const MOST_CHUNKS = 2;

/** How many workers there should be, at any moment. */
export interface Plan {
  /** So many are kept even while idle. */
  min(): number;
  max(): number;
  /** So many could do something now. */
  wanted(): number;
}

/** Workers that stay alive but for the reasons named here: hires, replaces, retires. */
export class Staff {
  readonly #options: StaffOptions;
  readonly #events: StaffEvents;
  readonly #plan: Plan;
  readonly #workers = new Set<Worker>();
  readonly #idle: IdleWorkers<Worker>;
  readonly #restarts = new RestartPolicy();
  readonly #memory = new MemoryEase(() => this.#events.onAvailable());
  #pause: { cancel(): void } | undefined;
  /** One more would have something to do: an idle pool does not try again and again. */
  readonly #isMissed = (): boolean => this.#plan.wanted() > this.size;
  #lost = 0;

  constructor(options: StaffOptions, plan: Plan, events: StaffEvents) {
    this.#options = options;
    this.#plan = plan;
    this.#events = events;
    this.#idle = new IdleWorkers(options.idleTimeout, (worker) => this.#onIdleTooLong(worker));
  }

  get workers(): ReadonlySet<Worker> {
    return this.#workers;
  }

  get lost(): number {
    return this.#lost;
  }

  /** Workers that take tasks, or will. */
  get size(): number {
    let size = 0;
    for (const { state } of this.#workers) if (state !== 'finishing' && state !== 'leaving') size += 1;
    return size;
  }

  /** How many have something to do. */
  get busy(): number {
    let busy = 0;
    for (const { state } of this.#workers) if (state === 'busy') busy += 1;
    return busy;
  }

  /** Takes what workers have answered and not told of. */
  collect(): void {
    for (const worker of this.#workers) worker.collect();
  }

  /** Runs code of the user's, for what was collected. */
  tell(): void {
    for (const worker of this.#workers) worker.tell();
  }

  /** A worker to be given tasks of this kind: an idle one, taken out of the idle ones, or one that will soon have nothing to do. */
  takeFor(kind: TaskKind): Worker | undefined {
    return this.takeIdle() ?? this.#findAhead(kind);
  }

  /** An idle worker, taken out of the idle ones. */
  takeIdle(): Worker | undefined {
    return this.#idle.take();
  }

  /** A worker that was taken and got nothing. */
  returnIdle(worker: Worker): void {
    this.#idle.add(worker, this.size > this.#plan.min());
  }

  get #max(): number {
    return this.#memory.apply(this.#plan.max());
  }

  /** How many more tasks a worker may take now. */
  capacityOf(worker: Worker): number {
    const { span, room } = worker.lane;
    return Math.min(room, this.#options.maxTasksPerChild - worker.tasksDone - span);
  }

  /** Brings the number of workers to what the plan says. Rejects nothing: what keeps it from that is told to `onHopeless`. */
  adjust(): void {
    const max = this.#max;
    const target = Math.min(max, Math.max(this.#plan.min(), this.#plan.wanted()));
    while (this.size > max && this.#idle.count > 0) this.takeIdle()?.retire();
    if (this.#pause) return;
    for (let missing = target - this.size; missing > 0; missing -= 1) if (!this.#hire()) return;
  }

  /** Whatever made workers fail to start may be over: try again. */
  forgive(): void {
    this.#restarts.reset();
    this.#pause?.cancel();
    this.#pause = undefined;
  }

  /** All end once they are through with what they have. */
  retireAll(): void {
    this.#pause?.cancel();
    this.#memory.stop();
    for (const worker of [...this.#workers]) {
      this.#idle.remove(worker);
      worker.retire();
    }
    if (this.#workers.size === 0) this.#events.onEmpty();
  }

  killAll(): void {
    for (const worker of [...this.#workers]) worker.process.kill();
  }

  /** False if the budget is spent or the system refused; then another attempt is due later, or none. */
  #hire(): boolean {
    const { launch, memoryLimit } = this.#options;
    const place = this.#findPlace();
    if (!place) {
      this.#pauseFor(BUDGET_PAUSE, this.#isMissed);
      return false;
    }
    try {
      const worker = new Worker({ ...launch, budget: place.budget }, memoryLimit, {
        onReady: () => this.#restarts.reset(),
        onFree: (free) => this.#onFree(free),
        onProgress: () => this.#events.onAvailable(),
        onBegin: this.#events.onBegin,
        areWatched: this.#events.areWatched,
        onRun: this.#events.onRun,
        onOutcome: this.#events.onOutcome,
        onValues: this.#events.onValues,
        onReturned: this.#events.onReturned,
        onRefused: this.#events.onRefused,
        onSuspend: this.#events.onSuspend,
        onStartError: (_, error) => this.#onStartFailure(error),
        onEnd: (gone, loss, begun, stop) => {
          place.release();
          this.#onEnd(gone, loss, begun, stop);
        },
      });
      this.#workers.add(worker);
      this.#events.onHired(worker);
      return true;
    } catch (error) {
      place.release();
      // With some workers the rest can wait; with none, nobody would ever try again.
      if (this.#workers.size === 0) this.#onStartFailure(error);
      else this.#pauseFor(LONGEST_PAUSE, this.#isMissed);
      return false;
    }
  }

  /** A pool has one worker in any case: else tasks that wait for pools of their own might wait for each other. */
  #findPlace(): Place | undefined {
    const demand = {
      limit: this.#options.processBudget,
      siblings: this.#plan.max(),
      isProcess: this.#options.launch.spawn === undefined,
    };
    return this.size === 0 ? processBudget().take(demand) : processBudget().tryTake(demand);
  }

  /** No attempt meanwhile; afterwards one at once, if it is worth it, or else with the next task. */
  #pauseFor(delay: number, isWorthIt: () => boolean): void {
    this.#pause?.cancel();
    this.#pause = startTimer(delay, () => {
      this.#pause = undefined;
      if (isWorthIt()) this.#events.onAvailable();
    });
  }

  /** The one that has the least to do, if its lane is short and what it gets will not be stuck there. */
  #findAhead({ cost }: TaskKind): Worker | undefined {
    // Memory is looked at between tasks, when a worker has none.
    if (this.#options.maxMemoryPerChild !== Number.POSITIVE_INFINITY) return undefined;
    let best: Worker | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const worker of this.#workers) {
      const { lane, state } = worker;
      if (state !== 'busy' || !lane.isShared || lane.chunks.length >= MOST_CHUNKS) continue;
      const { load } = lane;
      if (load >= least || !maySendAhead(cost, load) || this.capacityOf(worker) <= 0) continue;
      best = worker;
      least = load;
    }
    return best;
  }

  #onFree(worker: Worker): void {
    if (this.#isSpent(worker) || this.size > this.#max) {
      worker.retire();
      this.adjust();
      return;
    }
    this.returnIdle(worker);
    this.#events.onAvailable();
  }

  #isSpent(worker: Worker): boolean {
    const { maxMemoryPerChild } = this.#options;
    if (this.capacityOf(worker) <= 0) return true;
    // Looking costs a system call or three. A limit below what a fresh worker takes is no reason to run nothing at all.
    return (
      worker.tasksDone > 0 &&
      maxMemoryPerChild !== Number.POSITIVE_INFINITY &&
      worker.process.residentMemory > maxMemoryPerChild
    );
  }

  #onIdleTooLong(worker: Worker): void {
    if (this.size <= this.#plan.min()) return;
    this.#idle.remove(worker);
    worker.retire();
  }

  #onEnd(worker: Worker, loss: Loss, begun: readonly Task[], stop: TaskStop | undefined): void {
    this.#workers.delete(worker);
    this.#idle.remove(worker);
    const isLost = worker.state === 'lost';
    if (isLost) this.#lost += 1;
    if (isOutOfSystemMemory(loss)) this.#memory.onKilled(this.#plan.max());
    this.#events.onGone(loss, isLost, begun, stop);
    if (isLost && worker.process.readiness === 'pending') {
      this.#onStartFailure(new Error(`${loss.name} ${describeLoss(loss)}`), loss.end.signal);
    }
    if (this.#workers.size === 0) this.#events.onEmpty();
    this.#events.onAvailable();
  }

  #onStartFailure(cause: unknown, signal: NodeJS.Signals | null = null): void {
    const delay = this.#restarts.onStartFailure(cause, signal);
    // Those that are still starting may do better: short of processes or memory, a system that refuses one has room for another.
    const isHopeless = delay === null && [...this.#workers].every(({ process }) => process.readiness === 'refused');
    if (!isHopeless) {
      this.#pauseFor(delay ?? LONGEST_PAUSE, delay === null ? this.#isMissed : () => true);
      return;
    }
    this.#pause?.cancel();
    this.#pause = { cancel: () => {} }; // Until somebody forgives.
    this.#events.onHopeless(this.#restarts.firstCause);
  }
}
