import { StateError } from '../errors/state-error.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import { type Acquirable, createHeld, type Held } from './held.ts';
import { SEMAPHORE_WORDS, SemaphoreCore } from './semaphore-core.ts';

/**
 * So many at a time, counted over all processes of the tree. What a process held when it died is given back, and
 * whoever gets it next sees `ownerDied`.
 */
export class Semaphore implements Acquirable {
  /** @internal */
  readonly block: SharedBlock;
  readonly #core: SemaphoreCore;
  readonly #parking: Parking;
  readonly #point: WaitPoint;
  #ownerDied = false;

  /** RangeError if `value` is no whole number from 0 on. A block is for semaphores that came from another process. */
  constructor(value: number | SharedBlock = 1) {
    this.#parking = currentParking('a Semaphore');
    if (value instanceof SharedBlock) {
      this.block = value;
      this.#core = new SemaphoreCore(this.#parking, value.address);
    } else {
      if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31) {
        throw new RangeError(
          `Cannot create a Semaphore: its value is "${String(value)}"; give a whole number from 0 to 2147483647`,
        );
      }
      this.block = SharedBlock.allocate(KIND.semaphore, SEMAPHORE_WORDS * 4, 'a Semaphore');
      this.#core = new SemaphoreCore(this.#parking, this.block.address);
      this.#core.initialize(value);
    }
    this.#point = { gate: this.#core.gate, isExclusive: true };
  }

  /** Units to be had now. */
  getValue(): number {
    return this.#core.count();
  }

  /** True if none is to be had. */
  locked(): boolean {
    return this.getValue() <= 0;
  }

  async acquire(wait?: Wait): Promise<boolean> {
    const normalized = normalizeWait(wait);
    normalized.signal?.throwIfAborted();
    return this.#take(false) || this.#parking.wait(this.#point, (isThorough) => this.#take(isThorough), normalized);
  }

  acquireSync(timeout?: number): boolean {
    return (
      this.#take(false) ||
      this.#parking.waitSync(this.#point, (isThorough) => this.#take(isThorough), normalizeWait(timeout).timeout)
    );
  }

  tryAcquire(): boolean {
    return this.#take(false) || this.#take(true);
  }

  /** Any process may release; also more than were acquired. */
  release(count = 1): void {
    this.releaseUpTo(count, false);
  }

  async hold(options: { signal?: AbortSignal } = {}): Promise<Held> {
    await this.acquire(options);
    return createHeld(this.#ownerDied, () => this.release());
  }

  holdSync(): Held {
    this.acquireSync();
    return createHeld(this.#ownerDied, () => this.release());
  }

  /** True from an acquire that got what a dead process held, until the next release here. */
  get ownerDied(): boolean {
    return this.#ownerDied;
  }

  protected releaseUpTo(count: number, isBounded: boolean): void {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `Cannot release the semaphore: the count is "${String(count)}"; give a whole number from 1 on`,
      );
    }
    if (!this.#core.release(count, isBounded)) {
      throw new StateError(
        'Cannot release the BoundedSemaphore: it would exceed its initial value; release once for each acquire',
      );
    }
    this.#ownerDied = false;
  }

  #take(isThorough: boolean): boolean {
    const taken = this.#core.take(isThorough);
    if (taken === undefined) return false;
    this.#ownerDied = taken === 'inherited';
    return true;
  }
}

/** A Semaphore that cannot be released above its initial value: that is a StateError. */
export class BoundedSemaphore extends Semaphore {
  override release(count = 1): void {
    this.releaseUpTo(count, true);
  }
}
