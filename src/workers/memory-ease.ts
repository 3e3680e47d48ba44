import { startTimer } from '../util/timer.ts';

/** For how long a pool does with one worker less before it tries again, in milliseconds. */
const EASE = 10_000;

/**
 * Fewer workers for a while, where the system had no memory for all of them: what runs has more of it then, and what is run
 * again does not end in the same way. One less each time a worker is killed for that, down to one; one more after each while
 * without.
 */
export class MemoryEase {
  readonly #onEased: () => void;
  #less = 0;
  #timer: { cancel(): void } | undefined;

  /** `onEased`: there may be one more again. */
  constructor(onEased: () => void) {
    this.#onEased = onEased;
  }

  /** Of so many workers, how many there may be now. */
  apply(max: number): number {
    return Math.max(1, max - this.#less);
  }

  /** One of `max` has been killed by the system, which had no memory. */
  onKilled(max: number): void {
    this.#less = Math.min(this.#less + 1, max - 1);
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer?.cancel();
    if (this.#less === 0) return;
    this.#timer = startTimer(EASE, () => {
      this.#less -= 1;
      this.#wait();
      this.#onEased();
    });
  }
}
