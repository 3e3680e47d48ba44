import { setTimeout as sleep } from 'node:timers/promises';
import { StateError } from '../errors/state-error.ts';
import { KIND, type Kind } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import { type Acquirable, createHeld, type Held } from './held.ts';
import { LockWord } from './lock-word.ts';

/**
 * How long a newcomer lets those go first who have waited and were beaten to the lock, in milliseconds. Without that, a
 * loop that releases and acquires would keep everybody else out: it is faster than any wake-up.
 */
const COURTESY = 1;

/** State, gate, depth. */
const LOCK_BYTES = 12;

/** Where a lock lies: in a block of its own, or in that of the object it belongs to. */
export interface LockPlace {
  readonly block: SharedBlock;
  readonly address: number;
  readonly kind: Kind;
}

/**
 * A lock for all processes of the tree, in memory that needs no clearing up. Any process may release it, whoever
 * acquired it. If its holder dies, the next one gets it within 200 ms and sees `ownerDied`.
 *
 * @example
 * const lock = new Lock();
 * using held = await lock.hold();
 */
export class Lock implements Acquirable {
  /** @internal */
  readonly place: LockPlace;
  /** @internal */
  readonly word: LockWord;
  readonly #parking: Parking;
  readonly #point: WaitPoint;

  /** @internal The place is for locks that came from another process or live inside another object. */
  constructor(place?: LockPlace, kind: Kind = KIND.lock, what = 'a Lock') {
    this.#parking = currentParking(what);
    if (place === undefined) {
      const block = SharedBlock.allocate(kind, LOCK_BYTES, what);
      place = { block, address: block.address, kind };
    }
    this.place = place;
    this.word = new LockWord(this.#parking, place.address);
    this.#point = {
      gate: this.word.gate,
      isExclusive: true,
      attemptSoon: () => this.word.isFree() && this.takeAtOnce(),
      onBeaten: () => this.word.complain(),
    };
  }

  /** A dead holder does not count. */
  locked(): boolean {
    return this.word.isHeld();
  }

  async acquire(wait?: Wait): Promise<boolean> {
    const normalized = normalizeWait(wait);
    normalized.signal?.throwIfAborted();
    if (this.takeAtOnce()) return true;
    if (normalized.timeout > COURTESY && this.word.isReserved()) await sleep(COURTESY);
    return this.#parking.wait(this.#point, (isThorough) => this.take(isThorough), normalized);
  }

  acquireSync(timeout?: number): boolean {
    if (timeout === undefined && this.takeAtOnce()) return true;
    const limit = normalizeWait(timeout).timeout;
    if (limit > COURTESY && this.word.isReserved()) this.#parking.nap(COURTESY);
    return this.#parking.waitSync(this.#point, (isThorough) => this.take(isThorough), limit);
  }

  tryAcquire(): boolean {
    return this.takeAtOnce() || this.take(true);
  }

  /** StateError if nobody holds it. */
  release(): void {
    if (!this.word.giveBack())
      throw new StateError('Cannot release the lock: it is not locked; release once for each acquire');
  }

  async hold(options: { signal?: AbortSignal } = {}): Promise<Held> {
    await this.acquire(options);
    return createHeld(this.ownerDied, () => this.release());
  }

  holdSync(): Held {
    this.acquireSync();
    return createHeld(this.ownerDied, () => this.release());
  }

  get ownerDied(): boolean {
    return this.word.hasOwnerDied();
  }

  /** @internal For newcomers: leaves it to those who wait, if they are owed it. */
  takeAtOnce(): boolean {
    return this.word.takeAtOnce();
  }

  /** @internal */
  take(isThorough: boolean): boolean {
    return this.word.take(isThorough);
  }

  /** @internal Gives it back whatever its depth; returns what `restore` needs. */
  releaseFully(): number {
    this.release();
    return 1;
  }

  /** @internal Just taken again: as deep as it was. */
  restore(_depth: number): void {}
}
