import { cpuCount } from '../os/cpu-count.ts';
import type { ParkingCalls } from './gates.ts';
import { Habit } from './habit.ts';

/** How long to look again and again before going to sleep, in milliseconds: about what a sleep and a wake-up cost. */
const LONGEST = 0.05;
/** Looks that are always worth it, and between two looks at the clock. */
const LOOKS = 16;

let hasCores: boolean | undefined;

/**
 * Looks for a moment before a sleep, as long as that pays: what is seen coming costs neither a sleep nor the waking of a core. The
 * one that is to bring it may wait for this core, so it is offered between the looks.
 */
export class Spin {
  readonly #calls: Pick<ParkingCalls, 'yieldCore'>;
  readonly #habit = new Habit();

  constructor(calls: Pick<ParkingCalls, 'yieldCore'>) {
    this.#calls = calls;
  }

  /** True if `hasNews` came true within the time that is worth it, and within `limit` ms. */
  meets(hasNews: () => boolean, limit: number = LONGEST): boolean {
    for (let looks = 0; looks < LOOKS; looks += 1) if (hasNews()) return true;
    hasCores ??= cpuCount() > 1;
    if (!hasCores || !this.#habit.isDue()) return false;
    const until = performance.now() + Math.min(LONGEST, limit);
    let isMet = false;
    do {
      this.#calls.yieldCore();
      for (let looks = 0; looks < LOOKS && !isMet; looks += 1) isMet = hasNews();
    } while (!isMet && performance.now() < until);
    // Cut short, it has taught nothing. What came while somebody else had the core for long would have woken a sleeper at once.
    if (isMet || limit >= LONGEST) this.#habit.judge(isMet && performance.now() <= until);
    return isMet;
  }
}

/** A power of two. */
const SPINS = 64;

/** Spins for places in memory, shared by address: that costs no more than a worse guess. */
export class Spins {
  readonly #spins: readonly Spin[];

  constructor(calls: Pick<ParkingCalls, 'yieldCore'>) {
    this.#spins = Array.from({ length: SPINS }, () => new Spin(calls));
  }

  at(address: number): Spin {
    // As the guards do: cells start every 16 words.
    return this.#spins[(Math.imul(address, 0x9e3779b1) >>> 16) & (SPINS - 1)] as Spin;
  }
}
