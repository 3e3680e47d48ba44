import type { WaitPoint } from '../parking/attempt.ts';
import type { Parking } from '../parking/parking.ts';

/** Looks before the thread lets go of its core, some 40 µs: an answer by a process that is running takes less than 5. */
const MOST_LOOKS = 1500;
const FEWEST_LOOKS = 16;
/** How long the thread, and so the event loop, may sleep. In milliseconds. */
const LONGEST_SLEEP = 1;
const SHORTEST_SLEEP = 0.02;
/** After so many waits, what has not paid is tried once more. */
const PERIOD = 64;

/**
 * Blocks for a moment before a wait that goes through the event loop, as long as that pays: being woken there costs some
 * 20 µs more than in a system call, and that more than an answer that is seen coming.
 */
export class BriefWait {
  readonly #parking: Parking;
  #looks = MOST_LOOKS;
  #sleep = LONGEST_SLEEP;
  #waits = 0;

  constructor(parking: Parking) {
    this.#parking = parking;
  }

  /** True if `isReady` came true within the time that is worth it, and within `limit` ms. */
  wait(point: WaitPoint, limit: number, isReady: () => boolean): boolean {
    if (limit <= 0) return false;
    this.#waits += 1;
    if (this.#waits % PERIOD === 0) {
      this.#looks = MOST_LOOKS;
      this.#sleep = LONGEST_SLEEP;
    }
    for (let looks = 0; looks < this.#looks; looks += 1) {
      if (!isReady()) continue;
      this.#looks = MOST_LOOKS;
      return true;
    }
    this.#looks = Math.max(FEWEST_LOOKS, this.#looks / 2);
    if (this.#sleep < SHORTEST_SLEEP) return false;
    const isWoken = this.#parking.waitSync(point, isReady, Math.min(limit, this.#sleep));
    this.#sleep = isWoken ? LONGEST_SLEEP : this.#sleep / 2;
    return isWoken;
  }
}
