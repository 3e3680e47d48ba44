import { startTimer } from '../util/timer.ts';
import type { WorkerLaunch } from './launch-worker.ts';
import { describeLoss, type Loss } from './loss.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { Task } from './task.ts';
import type { TaskStop } from './task-stop.ts';
import { Worker } from './worker.ts';
import type { WorkerOwner } from './worker-owner.ts';

export interface StaffOptions {
  readonly launch: WorkerLaunch;
  readonly maxTasksPerChild: number;
  readonly maxMemoryPerChild: number;
  readonly memoryLimit: number | undefined;
  readonly idleTimeout: number;
}

export interface StaffEvents extends Pick<WorkerOwner<Worker>, 'onOutcome' | 'onReturned' | 'onRefused'> {
  /** A worker became idle, or there is reason to look again whether one is. */
  onAvailable(): void;
  onLost(loss: Loss, running: Task | undefined, stop: TaskStop | undefined): void;
  /** Workers end before they are ready, again and again: this is why. */
  onHopeless(cause: unknown): void;
  onEmpty(): void;
}

/** How long some workers do without those that fail to start, before another attempt, in milliseconds. */
const LONGEST_PAUSE = 1000;

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
  /** The one that worked last is on top: it is warm, and the others get the chance to idle out. */
  readonly #idle: Worker[] = [];
  readonly #idleTimers = new Map<Worker, { cancel(): void }>();
  readonly #restarts = new RestartPolicy();
  #pause: { cancel(): void } | undefined;
  #lost = 0;

  constructor(options: StaffOptions, plan: Plan, events: StaffEvents) {
    this.#options = options;
    this.#plan = plan;
    this.#events = events;
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
    for (const { state } of this.#workers) if (state !== 'retiring') size += 1;
    return size;
  }

  /** An idle worker, taken out of the idle ones: to be given a chunk. */
  takeIdle(): Worker | undefined {
    const worker = this.#idle.pop();
    if (worker) this.#stopIdling(worker);
    return worker;
  }

  /** A worker that was taken and got nothing. */
  returnIdle(worker: Worker): void {
    this.#idle.push(worker);
    if (this.size <= this.#plan.min()) return;
    this.#idleTimers.set(
      worker,
      startTimer(this.#options.idleTimeout, () => this.#onIdleTooLong(worker)),
    );
  }

  /** How many more tasks a worker may take before it is replaced. */
  capacityOf(worker: Worker): number {
    return this.#options.maxTasksPerChild - worker.tasksDone;
  }

  /** Brings the number of workers to what the plan says. Rejects nothing: what keeps it from that is told to `onHopeless`. */
  adjust(): void {
    const max = this.#plan.max();
    const target = Math.min(max, Math.max(this.#plan.min(), this.#plan.wanted()));
    while (this.size > max && this.#idle.length > 0) this.takeIdle()?.retire();
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
    for (const worker of [...this.#workers]) {
      this.#stopIdling(worker);
      if (worker.state !== 'retiring') worker.retire();
    }
    this.#idle.length = 0;
    if (this.#workers.size === 0) this.#events.onEmpty();
  }

  killAll(): void {
    for (const worker of [...this.#workers]) worker.kill();
  }

  /** False if the system refused; then another attempt is due later, or none. */
  #hire(): boolean {
    const { launch, memoryLimit } = this.#options;
    try {
      const worker = new Worker(launch, memoryLimit, {
        onReady: (ready) => this.#onReady(ready),
        onFree: (free) => this.#onFree(free),
        onOutcome: this.#events.onOutcome,
        onReturned: this.#events.onReturned,
        onRefused: this.#events.onRefused,
        onStartError: (_, error) => this.#onStartFailure(error),
        onEnd: (gone, loss, running, stop) => this.#onEnd(gone, loss, running, stop),
      });
      this.#workers.add(worker);
      return true;
    } catch (error) {
      // With some workers the rest can wait; with none, nobody would ever try again.
      if (this.#workers.size === 0) this.#onStartFailure(error);
      return false;
    }
  }

  #onReady(worker: Worker): void {
    this.#restarts.reset();
    this.#onFree(worker);
  }

  #onFree(worker: Worker): void {
    if (this.#isSpent(worker) || this.size > this.#plan.max()) {
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
      worker.residentMemory > maxMemoryPerChild
    );
  }

  #onIdleTooLong(worker: Worker): void {
    if (this.size <= this.#plan.min() || !this.#idle.includes(worker)) return;
    this.#leaveIdle(worker);
    worker.retire();
  }

  #onEnd(worker: Worker, loss: Loss, running: Task | undefined, stop: TaskStop | undefined): void {
    this.#workers.delete(worker);
    this.#leaveIdle(worker);
    if (worker.state === 'lost') {
      this.#lost += 1;
      this.#events.onLost(loss, running, stop);
      if (worker.readiness === 'pending') {
        this.#onStartFailure(new Error(`${loss.name} ${describeLoss(loss)}`), loss.end.signal !== null);
      }
    }
    if (this.#workers.size === 0) this.#events.onEmpty();
    this.#events.onAvailable();
  }

  #onStartFailure(cause: unknown, wasKilled = false): void {
    const delay = this.#restarts.onStartFailure(cause, wasKilled);
    const isHopeless = delay === null && ![...this.#workers].some(({ readiness }) => readiness === 'ready');
    this.#pause?.cancel();
    if (isHopeless) {
      this.#pause = { cancel: () => {} }; // Until somebody forgives.
      this.#events.onHopeless(this.#restarts.firstCause);
      return;
    }
    this.#pause = startTimer(delay ?? LONGEST_PAUSE, () => {
      this.#pause = undefined;
      this.#events.onAvailable();
    });
  }

  #leaveIdle(worker: Worker): void {
    this.#stopIdling(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #stopIdling(worker: Worker): void {
    this.#idleTimers.get(worker)?.cancel();
    this.#idleTimers.delete(worker);
  }
}
