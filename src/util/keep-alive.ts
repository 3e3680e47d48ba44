import { LONGEST_TIMER } from './timer.ts';

/**
 * Keeps the program running while somebody holds it. Every handle of this library is unreferenced, so that an idle pool
 * or a daemon never holds a program up; what is pending says so here, in one place.
 */
export class KeepAlive {
  static #holders = 0;
  static #timer: NodeJS.Timeout | undefined;

  /** Disposing more than once is harmless. */
  static hold(): Disposable {
    KeepAlive.#holders += 1;
    KeepAlive.#timer ??= setInterval(() => {}, LONGEST_TIMER);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        KeepAlive.#holders -= 1;
        if (KeepAlive.#holders === 0) {
          clearInterval(KeepAlive.#timer);
          KeepAlive.#timer = undefined;
        }
      },
    };
  }
}
