/** How long a chunk should keep a worker, in milliseconds: long enough that the way to it does not count, short enough to wait for at a stop. */
const CHUNK_TIME = 8;
const MAX_SIZE = 100;
/** How much one chunk weighs in the mean. */
const WEIGHT = 0.1;

/** How many inputs to send at once. Starts with one: only what has been seen to be short is sent in company. */
export class Pace {
  /** Milliseconds for an input. */
  #mean = 1000;

  get chunkSize(): number {
    return Math.max(1, Math.min(MAX_SIZE, Math.floor(CHUNK_TIME / this.#mean)));
  }

  /** Passes the outcomes of a chunk of `count` inputs on, and learns from the time they take. */
  async *measure<T>(count: number, outcomes: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    let took = 0;
    let askedAt = performance.now();
    for await (const outcome of outcomes) {
      took += performance.now() - askedAt;
      yield outcome;
      askedAt = performance.now();
    }
    this.#mean += (took / count - this.#mean) * WEIGHT;
  }
}
