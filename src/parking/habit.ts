/** The weight of the last time among all. */
const WEIGHT = 1 / 8;
/** What mostly does not pay is left out so many times; twice as many after the next time in vain, up to the most. */
const SHORTEST_PAUSE = 8;
const LONGEST_PAUSE = 256;
/** With a share from here on it is worth doing each time. */
const WORTH = 0.5;

/** Learns from how it went of late whether something is worth doing. What is not is tried again now and then. */
export class Habit {
  /** The share of times that it has paid, the last ones counting most. */
  #share = 1;
  #pause = SHORTEST_PAUSE;
  #leftOut = 0;

  /** Whether to do it this time. If so, `judge` is to follow. */
  isDue(): boolean {
    if (this.#share >= WORTH || this.#leftOut >= this.#pause) return true;
    this.#leftOut += 1;
    return false;
  }

  judge(hasPaid: boolean): void {
    this.#share += ((hasPaid ? 1 : 0) - this.#share) * WEIGHT;
    if (hasPaid) {
      // Things have changed, or may have: the next time will show.
      this.#share = Math.max(this.#share, WORTH);
      this.#pause = SHORTEST_PAUSE;
    } else if (this.#leftOut >= this.#pause) this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#leftOut = 0;
  }
}
