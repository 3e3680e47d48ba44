import { LONGEST_TIMER } from './timer.ts';

/**
 * Keeps the program running while somebody holds it. Every handle of this library is unreferenced, so that an idle pool
 * or a daemon never holds a program up; what is pending says so here, in one place.
 */
export class KeepAlive implements Disposable {
  static #holders = 0;
  static #timer: NodeJS.Timeout | undefined;

  /** Disposing more than once is harmless. */
  static hold(): Disposable {
    KeepAlive.#holders += 1;
    // One timer for good: to make one for each call that is awaited would cost more than the rest of it.
    if (KeepAlive.#timer === undefined) KeepAlive.#timer = setInterval(() => {}, LONGEST_TIMER);
    else if (KeepAlive.#holders === 1) KeepAlive.#timer.ref();
    return new KeepAlive();
  }

  static get isHeld(): boolean {
    return KeepAlive.#holders > 0;
  }

  #isHeld = true;

  private constructor() {}

  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    KeepAlive.#holders -= 1;
    if (KeepAlive.#holders === 0) KeepAlive.#timer?.unref();
  }
}
