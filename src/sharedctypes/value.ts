import { KIND } from '../memory/kinds.ts';
import type { SharedBlock } from '../memory/shared-block.ts';
import type { Held } from '../synchronize/held.ts';
import type { Lock } from '../synchronize/lock.ts';
import { RLock } from '../synchronize/rlock.ts';
import { LOCK_OFFSET_WORDS, RawValue } from './raw-value.ts';
import { checkScalar, isFloat, type Scalar, type TypeCode } from './type-codes.ts';

export interface LockOption {
  /** Default: an RLock of its own. */
  lock?: Lock;
}

/** A shared number with a lock and an atomic `add`. */
export class Value<C extends TypeCode> extends RawValue<C> {
  readonly #lock: Lock;

  /** As RawValue. */
  constructor(type: C, initial?: Scalar<C> | SharedBlock, options: LockOption = {}) {
    super(type, initial);
    this.#lock =
      options.lock ??
      new RLock({ block: this.block, address: this.block.address + LOCK_OFFSET_WORDS, kind: KIND.value });
  }

  /** Adds in one step and returns the new value: integers atomically, floats under the lock. RangeError, and nothing changes, if it would overflow. */
  add(delta: Scalar<C>): Scalar<C> {
    return isFloat(this.type) ? this.#addUnderLock(delta) : this.#addAtomically(delta);
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

  #addUnderLock(delta: Scalar<C>): Scalar<C> {
    checkScalar(this.type, delta);
    using _held = this.#lock.holdSync();
    this.value = sum(this.value, delta);
    return this.value;
  }

  #addAtomically(delta: Scalar<C>): Scalar<C> {
    // Atomics knows every integer array; which one this is follows from C.
    const cell = this.cell as unknown as Int32Array;
    for (let old = Atomics.load(cell, 0) as Scalar<C>; ; ) {
      const next = checkScalar(this.type, sum(old, delta));
      const seen = Atomics.compareExchange(cell, 0, old as number, next as number) as Scalar<C>;
      if (seen === old) return next;
      old = seen;
    }
  }
}

/** Both are bigints or both are numbers; a mixture is a TypeError of the language. */
function sum<S extends number | bigint>(a: S, b: S): S {
  return ((a as number) + (b as number)) as S;
}
