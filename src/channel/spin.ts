/** How long to look again and again before going to sleep, in milliseconds: about what a sleep and a wake-up cost. */
const LONGEST = 0.05;
/** The weight of the last spin among all. */
const WEIGHT = 1 / 8;
/** Once most spins are in vain, so many waits pass without one; twice as many after the next that is, up to the most. */
const SHORTEST_PAUSE = 8;
const LONGEST_PAUSE = 1024;

/** Learns from the spins of late whether looking for a moment pays, before each wait. */
export class Spin {
  readonly #isPossible: boolean;
  /** The share of spins that met news, the last ones counting most. */
  #share = 1;
  #pause = SHORTEST_PAUSE;
  #skipped = 0;
  /** Until when the spin of this wait lasts; 0: it has none. */
  #until = 0;

  /** `isPossible`: there is a core to spare for the other party meanwhile. */
  constructor(isPossible: boolean) {
    this.#isPossible = isPossible;
  }

  /** A wait begins. Until when to look, on the clock of `performance.now()`; 0: not at all. */
  begin(): number {
    const isDue = this.#share > 0.5 || this.#skipped >= this.#pause;
    if (!isDue) this.#skipped += 1;
    this.#until = this.#isPossible && isDue ? performance.now() + LONGEST : 0;
    return this.#until;
  }

  /** There is news. Without this, as when this party gave up waiting and went on by itself, the wait does not count. */
  end(): void {
    if (this.#until === 0) return;
    const hasPaid = performance.now() <= this.#until;
    this.#until = 0;
    this.#share += ((hasPaid ? 1 : 0) - this.#share) * WEIGHT;
    if (hasPaid) this.#pause = SHORTEST_PAUSE;
    else if (this.#skipped >= this.#pause) this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    if (!hasPaid) this.#skipped = 0;
  }
}
