import type { Held } from '../synchronize/held.ts';
import type { Lock } from '../synchronize/lock.ts';
import { RLock } from '../synchronize/rlock.ts';
import { type ArrayOrigin, RawArray } from './raw-array.ts';
import type { Scalar, TypeCode } from './type-codes.ts';
import type { LockOption } from './value.ts';

/** Shared numbers with a lock. */
export class SharedArray<C extends TypeCode> extends RawArray<C> {
  readonly #lock: Lock;

  /** As RawArray. */
  constructor(type: C, sizeOrInit: number | Iterable<Scalar<C>> | ArrayOrigin, options: LockOption = {}) {
    super(type, sizeOrInit);
    this.#lock = options.lock ?? new RLock();
  }

  getLock(): Lock {
    return this.#lock;
  }

  hold(): Promise<Held> {
    return this.#lock.hold();
  }

  holdSync(): Held {
    return this.#lock.holdSync();
  }
}
