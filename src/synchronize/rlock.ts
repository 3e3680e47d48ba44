import { StateError } from '../errors/state-error.ts';
import { KIND } from '../memory/kinds.ts';
import { currentParking } from '../parking/current-parking.ts';
import { Lock, type LockPlace } from './lock.ts';

/**
 * A lock that its owner, a thread of a process, may acquire again; it is free once released as often. Only the owner may
 * release it.
 */
export class RLock extends Lock {
  readonly #words: { load(address: number): number; store(address: number, value: number): void };
  /** How often the owner has acquired it. Written by the owner alone, and meaningless without one. */
  readonly #depth: number;

  /** @internal The place is for locks that came from another process or live inside another object. */
  constructor(place?: LockPlace) {
    super(place, KIND.rlock, 'an RLock');
    this.#words = currentParking('an RLock').words;
    this.#depth = this.place.address + 2;
  }

  /** StateError if this thread does not own it. */
  override release(): void {
    if (!this.word.isMine())
      throw new StateError('Cannot release the RLock: this thread does not own it; release it where it was acquired');
    const depth = this.#words.load(this.#depth);
    if (depth > 1) this.#words.store(this.#depth, depth - 1);
    else this.word.giveBack();
  }

  /** @internal */
  override takeAtOnce(): boolean {
    return this.#takeWith(() => super.takeAtOnce());
  }

  /** @internal */
  override take(isThorough: boolean): boolean {
    return this.#takeWith(() => super.take(isThorough));
  }

  /** @internal */
  override releaseFully(): number {
    const depth = this.#words.load(this.#depth);
    this.word.giveBack();
    return depth;
  }

  /** @internal */
  override restore(depth: number): void {
    this.#words.store(this.#depth, depth);
  }

  #takeWith(takeFirst: () => boolean): boolean {
    if (this.word.isMine()) {
      this.#words.store(this.#depth, this.#words.load(this.#depth) + 1);
      return true;
    }
    if (!takeFirst()) return false;
    this.#words.store(this.#depth, 1);
    return true;
  }
}
