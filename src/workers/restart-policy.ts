/** Failures in a row, without one worker getting ready in between, after which no more are started. */
const LIMIT = 3;
/** What the first restart but one waits, in milliseconds; each further one twice as long. */
const FIRST_DELAY = 50;
const LONGEST_DELAY = 1000;

/**
 * When to replace workers that end before they are ready. Once is an accident: at once. Again and again is a fault that
 * another worker will meet too: after a growing pause, and not at all after the third, whose cause is the first's.
 */
export class RestartPolicy {
  #failures = 0;
  #firstCause: unknown;

  /** A worker got ready: whatever was wrong is not wrong any more. */
  reset(): void {
    this.#failures = 0;
    this.#firstCause = undefined;
  }

  /** Milliseconds to wait before the next start, or null: give up. */
  onStartFailure(cause: unknown): number | null {
    if (this.#failures === 0) this.#firstCause = cause;
    this.#failures += 1;
    if (this.#failures >= LIMIT) return null;
    return this.#failures === 1 ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (this.#failures - 2));
  }

  get firstCause(): unknown {
    return this.#firstCause;
  }
}
