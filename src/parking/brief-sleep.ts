import { Habit } from './habit.ts';

/** How long the thread, and so the event loop, may sleep, in milliseconds. */
const LONGEST = 0.2;

/**
 * Blocks the thread for a moment before a wait that goes through the event loop, as long as that pays: being woken there costs
 * some 10 µs more than in a system call.
 */
export class BriefSleep {
  readonly #habit = new Habit();

  /** `sleep` blocks for at most so many milliseconds, and says whether there is news. */
  meets(sleep: (limit: number) => boolean, limit: number = LONGEST): boolean {
    if (limit <= 0 || !this.#habit.isDue()) return false;
    const isMet = sleep(Math.min(limit, LONGEST));
    this.#habit.judge(isMet);
    return isMet;
  }
}
