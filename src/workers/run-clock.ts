import type { Task } from './task.ts';
import { startTimer } from '../util/timer.ts';

/**
 * Watches the time limit of the task a worker is running. One timer serves a whole run of short tasks: it is not set anew for
 * each, but looks, when it goes off, how much time is left.
 */
export class RunClock {
  readonly #onDue: (task: Task) => void;
  #running: { readonly task: Task; readonly due: number } | undefined;
  #timer: { cancel(): void } | undefined;

  constructor(onDue: (task: Task) => void) {
    this.#onDue = onDue;
  }

  start(task: Task): void {
    const { timeout } = task.kind.settings;
    if (timeout === Number.POSITIVE_INFINITY) return;
    this.#running = { task, due: performance.now() + timeout };
    this.#timer ??= startTimer(timeout, () => this.#look());
  }

  stop(): void {
    this.#running = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const running = this.#running;
    if (!running) return;
    const left = running.due - performance.now();
    if (left > 0) {
      this.#timer = startTimer(left, () => this.#look());
      return;
    }
    // This process itself may have been busy: an answer that is waiting to be read counts as in time.
    setImmediate(() => {
      if (this.#running === running) this.#onDue(running.task);
      else if (this.#running) this.#timer ??= startTimer(Math.max(0, this.#running.due - performance.now()), () => this.#look());
    });
  }
}
