import type { Wait } from '../util/wait.ts';

/** What is held until it is disposed of: `using held = await lock.hold()`. */
export interface Held extends Disposable {
  /** It came from a process that died holding it: what it protects may be half changed. */
  readonly ownerDied: boolean;
}

/** What can be acquired and given back, by any process of the tree. */
export interface Acquirable {
  /** True once acquired, false if time ran out. Rejects with the signal's reason on abort. */
  acquire(wait?: Wait): Promise<boolean>;
  /** Blocks the thread. */
  acquireSync(timeout?: number): boolean;
  tryAcquire(): boolean;
  release(): void;
  /** Acquires, and gives back when the result is disposed of. */
  hold(options?: { signal?: AbortSignal }): Promise<Held>;
  holdSync(): Held;
  /** True while this process holds it and got it from one that died holding it. */
  readonly ownerDied: boolean;
}

/** Disposing more than once is harmless. */
export function createHeld(ownerDied: boolean, release: () => void): Held {
  let isHeld = true;
  return {
    ownerDied,
    [Symbol.dispose]: () => {
      if (!isHeld) return;
      isHeld = false;
      release();
    },
  };
}
