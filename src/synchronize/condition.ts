import { StateError } from '../errors/state-error.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { WaitPoint } from '../parking/attempt.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import { CONDITION_WORDS, ConditionCore } from './condition-core.ts';
import type { Held } from './held.ts';
import type { Lock } from './lock.ts';
import { RLock } from './rlock.ts';

/** Waiting, with a lock released meanwhile, until another process says that something has changed. */
export class Condition {
  /** @internal */
  readonly lock: Lock;
  /** @internal */
  readonly block: SharedBlock;
  readonly #core: ConditionCore;
  readonly #parking: Parking;
  readonly #point: WaitPoint;

  /** The lock is a new RLock unless one is given. A block is for conditions that came from another process. */
  constructor(lock?: Lock, block?: SharedBlock) {
    this.#parking = currentParking('a Condition');
    this.lock = lock ?? new RLock();
    this.block = block ?? SharedBlock.allocate(KIND.condition, CONDITION_WORDS * 4, 'a Condition');
    this.#core = new ConditionCore(this.#parking, this.block.address);
    this.#point = { gate: this.#core.gate, isExclusive: true };
  }

  acquire(wait?: Wait): Promise<boolean> {
    return this.lock.acquire(wait);
  }

  acquireSync(timeout?: number): boolean {
    return this.lock.acquireSync(timeout);
  }

  tryAcquire(): boolean {
    return this.lock.tryAcquire();
  }

  release(): void {
    this.lock.release();
  }

  hold(options?: { signal?: AbortSignal }): Promise<Held> {
    return this.lock.hold(options);
  }

  holdSync(): Held {
    return this.lock.holdSync();
  }

  /**
   * Releases the lock fully, waits to be notified, and takes the lock back as deep as it was, in every case. False: time
   * ran out first. An abort passes a notification that came with it on to another. StateError without the lock.
   */
  async wait(wait?: Wait): Promise<boolean> {
    const normalized = normalizeWait(wait);
    normalized.signal?.throwIfAborted();
    const depth = this.#beginWait();
    try {
      const isNotified = await this.#parking.wait(this.#point, (isThorough) => this.#core.take(isThorough), normalized);
      return isNotified || this.#core.forget();
    } catch (error) {
      if (this.#core.forget()) this.#core.notify(1);
      throw error;
    } finally {
      await this.lock.acquire();
      this.lock.restore(depth);
    }
  }

  waitSync(timeout?: number): boolean {
    const limit = normalizeWait(timeout).timeout;
    const depth = this.#beginWait();
    try {
      return (
        this.#parking.waitSync(this.#point, (isThorough) => this.#core.take(isThorough), limit) || this.#core.forget()
      );
    } finally {
      this.lock.acquireSync();
      this.lock.restore(depth);
    }
  }

  /** Waits until the predicate is true; it is called with the lock held. False: it was still not when time ran out. */
  async waitFor(predicate: () => boolean, wait?: Wait): Promise<boolean> {
    const { timeout, signal } = normalizeWait(wait);
    const deadline = performance.now() + timeout;
    while (!predicate()) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await this.wait({ timeout: left, signal });
    }
    return true;
  }

  waitForSync(predicate: () => boolean, timeout?: number): boolean {
    const deadline = performance.now() + normalizeWait(timeout).timeout;
    while (!predicate()) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      this.waitSync(left);
    }
    return true;
  }

  /** Lets at most `count` waits go on, once the lock is free. StateError without the lock. */
  notify(count = 1): void {
    this.#checkHeld('notify');
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`Cannot notify "${String(count)}" waiters; give a whole number from 0 on`);
    this.#core.notify(count);
  }

  notifyAll(): void {
    this.#checkHeld('notify');
    this.#core.notify(Number.POSITIVE_INFINITY);
  }

  #beginWait(): number {
    this.#checkHeld('wait for');
    this.#core.enlist();
    return this.lock.releaseFully();
  }

  #checkHeld(action: string): void {
    if (!this.lock.word.isMine())
      throw new StateError(`Cannot ${action} the Condition: this process does not hold its lock; acquire it first`);
  }
}
