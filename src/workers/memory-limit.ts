import { watchMemory } from '../process/memory-watch.ts';

/** Keeps a worker that has tasks below its limit. */
export class MemoryLimit {
  readonly #pid: number;
  readonly #limit: number | undefined;
  readonly #onExceeded: () => void;
  #watch: { stop(): void } | undefined;

  /** `limit` in bytes, undefined for none. */
  constructor(pid: number, limit: number | undefined, onExceeded: () => void) {
    this.#pid = pid;
    this.#limit = limit;
    this.#onExceeded = onExceeded;
  }

  watch(): void {
    if (this.#limit === undefined || this.#watch) return;
    this.#watch = watchMemory(this.#pid, this.#limit, this.#onExceeded);
  }

  rest(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }
}
