/** Milliseconds of work a chunk should hold: well above what a round trip costs, well below what anybody notices. */
const TARGET = 4;
/** How much of the estimate the latest item makes up. */
const WEIGHT = 0.1;
const LARGEST = 4096;

/**
 * How many items to send at once. By default it starts with one, grows at most twofold at a time towards a few milliseconds of
 * measured work, and shrinks towards the end, so that no worker sits on a long chunk while the others are through.
 */
export class ChunkSizer {
  readonly #fixed: number | undefined;
  #size = 1;
  #cost: number | undefined;

  constructor(chunkSize: number | 'auto') {
    this.#fixed = chunkSize === 'auto' ? undefined : chunkSize;
  }

  /** `remaining`: how many items are left, Infinity if nobody knows. */
  next(remaining: number, workers: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    if (this.#cost !== undefined) {
      const wanted = Math.min(LARGEST, Math.max(1, Math.floor(TARGET / Math.max(this.#cost, TARGET / LARGEST))));
      this.#size = Math.min(wanted, this.#size * 2);
    }
    return Math.max(1, Math.min(this.#size, Math.ceil(remaining / (2 * workers))));
  }

  record(ms: number): void {
    this.#cost = this.#cost === undefined ? ms : this.#cost + (ms - this.#cost) * WEIGHT;
  }
}

/** Throws a RangeError unless it is 'auto', absent, or a whole number from 1 on. */
export function checkChunkSize(chunkSize: number | 'auto' | undefined, fallback: number | 'auto'): number | 'auto' {
  if (chunkSize === undefined) return fallback;
  if (chunkSize === 'auto' || (Number.isInteger(chunkSize) && chunkSize >= 1)) return chunkSize;
  throw new RangeError(
    `Cannot use chunkSize "${String(chunkSize)}": it is no count of items; give a whole number from 1 on, or "auto"`,
  );
}
