import { startTimer } from '../util/timer.ts';

/** How often a worker that has tasks ahead is looked at, in milliseconds. */
const INTERVAL = 10;

/**
 * Looks after a worker that has more than one task: for answers it had no time to tell of, and for a task that takes so long
 * that those behind it are better off elsewhere. Costs nothing while no worker has tasks ahead.
 */
export class LaneWatch {
  readonly #look: () => boolean;
  #timer: { cancel(): void } | undefined;

  /** `look` tells whether to go on looking. */
  constructor(look: () => boolean) {
    this.#look = look;
  }

  start(): void {
    this.#timer ??= startTimer(INTERVAL, () => {
      // This process itself may have been busy: what is waiting to be read is read first.
      setImmediate(() => {
        if (!this.#timer) return;
        this.#timer = undefined;
        if (this.#look()) this.start();
      });
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
