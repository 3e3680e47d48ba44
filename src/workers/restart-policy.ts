/** Faults in a row, without one worker getting ready in between, after which no more are started. */
const LIMIT = 3;
/** The same for workers that were killed from outside: that is seldom their own fault, and often over after a while. */
const KILLS_LIMIT = 20;
/** Signals that come from a user, a supervisor or a system short of memory; all others a process brings upon itself. */
const FROM_OUTSIDE: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM'];
/** What the first restart but one waits, in milliseconds; each further one twice as long. */
const FIRST_DELAY = 50;
const LONGEST_DELAY = 1000;

/**
 * When to replace workers that end before they are ready. Once is an accident: at once. Again and again is a fault that
 * another worker will meet too: after a growing pause, and not at all after the third, whose cause is the first's.
 */
export class RestartPolicy {
  #faults = 0;
  #kills = 0;
  #firstCause: unknown;

  /** A worker got ready: whatever was wrong is not wrong any more. */
  reset(): void {
    this.#faults = 0;
    this.#kills = 0;
    this.#firstCause = undefined;
  }

  /** Milliseconds to wait before the next start, or null: give up. */
  onStartFailure(cause: unknown, signal: NodeJS.Signals | null): number | null {
    if (this.#faults + this.#kills === 0) this.#firstCause = cause;
    if (signal !== null && FROM_OUTSIDE.includes(signal)) this.#kills += 1;
    else this.#faults += 1;
    if (this.#faults >= LIMIT || this.#kills >= KILLS_LIMIT) return null;
    const failures = this.#faults + this.#kills;
    return failures === 1 ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 2));
  }

  get firstCause(): unknown {
    return this.#firstCause;
  }
}
