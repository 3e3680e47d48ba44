import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';

/** The gate, then the state: odd while set, one more with every set and every clear. */
const STATE = 1;
const EVENT_BYTES = 8;

/**
 * A flag that any process may set, clear and wait for.
 *
 * @example
 * const stop = new Event();
 * await fetch(url, { signal: stop.asSignal() });
 */
export class Event {
  /** @internal */
  readonly block: SharedBlock;
  readonly #parking: Parking;
  readonly #point: WaitPoint;
  #signal: AbortSignal | undefined;

  /** @internal The block is for events that came from another process. */
  constructor(block?: SharedBlock) {
    this.#parking = currentParking('an Event');
    this.block = block ?? SharedBlock.allocate(KIND.event, EVENT_BYTES, 'an Event');
    this.#point = { gate: this.block.address, isExclusive: false };
  }

  isSet(): boolean {
    return (this.#state() & 1) === 1;
  }

  /** Wakes all who wait, here and elsewhere. */
  set(): void {
    const address = this.block.address + STATE;
    const state = this.#state();
    // Whoever changed it first has set it at a moment that this call covers.
    if ((state & 1) === 0 && this.#parking.words.replace(address, state, state + 1))
      this.#parking.wakeAll(this.block.address);
  }

  clear(): void {
    const state = this.#state();
    if ((state & 1) === 1) this.#parking.words.replace(this.block.address + STATE, state, state + 1);
  }

  /** True if it was set at any moment since the call, even if cleared at once; false if time ran out. */
  async wait(wait?: Wait): Promise<boolean> {
    const normalized = normalizeWait(wait);
    normalized.signal?.throwIfAborted();
    return this.#parking.wait(this.#point, this.#watchFromNow(), normalized);
  }

  waitSync(timeout?: number): boolean {
    return this.#parking.waitSync(this.#point, this.#watchFromNow(), normalizeWait(timeout).timeout);
  }

  /**
   * An AbortSignal of this process that aborts when the event is set. The same one until it has aborted and the event
   * was cleared. Does not keep the program running.
   */
  asSignal(): AbortSignal {
    if (this.#signal === undefined || (this.#signal.aborted && !this.isSet())) {
      const controller = new AbortController();
      this.#signal = controller.signal;
      if (this.isSet()) controller.abort();
      else {
        const wait = { timeout: Number.POSITIVE_INFINITY, signal: undefined };
        void this.#parking
          .wait({ ...this.#point, isBackground: true }, this.#watchFromNow(), wait)
          .then(() => controller.abort());
      }
    }
    return this.#signal;
  }

  #state(): number {
    return this.#parking.words.load(this.block.address + STATE);
  }

  #watchFromNow(): () => boolean {
    const before = this.#state();
    return () => (before & 1) === 1 || this.#state() !== before;
  }
}
