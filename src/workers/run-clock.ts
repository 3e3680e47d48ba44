import { startTimer } from '../util/timer.ts';
import type { Task } from './task.ts';

/** How long importing a function may take before it counts as time of the task, in milliseconds. */
const LOADING = 5000;

/**
 * Watches the time limit of the task a worker is running. One timer serves a whole run of short tasks: it is not set anew for
 * each, but looks, when it goes off, how much time is left.
 */
export class RunClock {
  readonly #onDue: (task: Task) => void;
  #running: { readonly task: Task; readonly due: number } | undefined;
  #timer: { readonly due: number; cancel(): void } | undefined;

  constructor(onDue: (task: Task) => void) {
    this.#onDue = onDue;
  }

  /** From the beginning, also for the task it is measuring already. */
  start(task: Task, isLoading = false): void {
    const { timeout } = task.kind.settings;
    this.#running = undefined;
    if (timeout === Number.POSITIVE_INFINITY) return;
    this.#running = { task, due: performance.now() + timeout + (isLoading ? LOADING : 0) };
    this.#arm(this.#running.due);
  }

  stop(): void {
    this.#running = undefined;
  }

  /** A timer that goes off earlier does as well: it looks, and is set again. */
  #arm(due: number): void {
    if (this.#timer && this.#timer.due <= due) return;
    this.#timer?.cancel();
    const timer = startTimer(Math.max(0, due - performance.now()), () => this.#look());
    this.#timer = { due, cancel: timer.cancel };
  }

  #look(): void {
    this.#timer = undefined;
    const running = this.#running;
    if (!running) return;
    if (running.due > performance.now()) {
      this.#arm(running.due);
      return;
    }
    // This process itself may have been busy: an answer that is waiting to be read counts as in time.
    setImmediate(() => {
      if (this.#running === running) this.#onDue(running.task);
      else if (this.#running) this.#arm(this.#running.due);
    });
  }
}
