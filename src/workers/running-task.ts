import { CancelledError } from '../errors/cancelled-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import type { TaskContext } from '../process/task-context.ts';

/** Progress is sent this often at the most, in milliseconds; of what comes in between, the last counts. */
const PROGRESS_INTERVAL = 16;

export interface TaskStart {
  readonly id: number;
  readonly attempt: number;
  /** In milliseconds, from `start` on; undefined: none. */
  readonly timeout: number | undefined;
  /** When it began, as `performance.now()`. */
  readonly start: number;
}

/** What the function that is being run finds in `currentTask()`. */
export class RunningTask implements TaskContext {
  readonly id: number;
  readonly attempt: number;
  readonly deadline: number | null;
  readonly #report: (value: unknown) => void;
  #controller: AbortController | undefined;
  #lastReport = Number.NEGATIVE_INFINITY;
  #held: { readonly value: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor({ id, attempt, timeout, start }: TaskStart, report: (value: unknown) => void) {
    this.id = id;
    this.attempt = attempt;
    this.deadline = timeout === undefined ? null : start + timeout;
    this.#report = report;
  }

  /** Its answer is to go the same way as its reports, behind them. */
  get hasReported(): boolean {
    return this.#lastReport !== Number.NEGATIVE_INFINITY;
  }

  /** Most tasks never look at it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  progress(value: unknown): void {
    if (this.#hasEnded) return;
    const wait = this.#lastReport + PROGRESS_INTERVAL - performance.now();
    if (wait <= 0) {
      this.#send(value);
      return;
    }
    this.#held = { value };
    this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  abort(reason: 'timeout' | 'cancel'): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(
      reason === 'timeout'
        ? new TimeoutError(`Task ${this.id} is out of time; end it, or its worker is killed`)
        : new CancelledError(`Task ${this.id} was cancelled; end it, or its worker is killed`),
    );
  }

  /** Its answer is on the way; what was held back goes before it, what comes later is dropped. */
  end(): void {
    this.#flush();
    this.#hasEnded = true;
  }

  #flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#send(held.value);
  }

  #send(value: unknown): void {
    this.#held = undefined; // It is older: a loop that never waits gives the timer no chance.
    this.#lastReport = performance.now();
    this.#report(value);
  }
}
