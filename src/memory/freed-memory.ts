import type { AllocatorCalls } from '../os/native/contract.ts';
import { startTimer } from '../util/timer.ts';

/** How long freed memory is kept that nobody needs, in milliseconds. */
const KEPT = 1000;
/** How many bytes of it are kept, at most. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Keeps what large buffers of this process leave behind when they are collected, for those to come: all of it in the hands of
 * the allocator, so that nothing depends on what users do with the buffers. A second after the last of them was made, or
 * collected, the system gets it back.
 */
export class FreedMemory {
  readonly #allocator: AllocatorCalls;
  readonly #collected = new FinalizationRegistry<undefined>(() => this.#use());
  #lastUse = 0;
  #expiry: { cancel(): void } | undefined;

  constructor(allocator: AllocatorCalls) {
    this.#allocator = allocator;
    allocator.keepFreed(MOST_BYTES);
  }

  /** A buffer that takes of it, and will leave it behind. */
  note(buffer: ArrayBuffer): void {
    this.#collected.register(buffer, undefined);
    this.#use();
  }

  #use(): void {
    this.#lastUse = performance.now();
    this.#expiry ??= startTimer(KEPT, () => this.#expire());
  }

  #expire(): void {
    this.#expiry = undefined;
    const left = KEPT - (performance.now() - this.#lastUse);
    if (left > 0) this.#expiry = startTimer(left, () => this.#expire());
    else this.#allocator.trim();
  }
}
