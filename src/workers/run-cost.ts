/** How much of the estimate the latest run makes up. */
const WEIGHT = 0.1;
/** Runs before that many others have no weight left. */
const REMEMBERED = 64;
/** So many times the estimate is the most that one run counts for: mostly its process had to wait for a core. */
const OUTLIER = 4;
/** What the cheapest run counts for: beginning and answering it take their time too. In milliseconds. */
const LEAST = 0.0001;

/** What a run of one function takes, and what goes to it and comes back, as far as it has been measured. */
export class RunCost {
  #mean = 0;
  #runs = 0;
  /** In bytes, each of the latest message. */
  #input = 0;
  #result = 0;

  /** How long each of several runs took, in their order and in milliseconds. */
  record(times: Float32Array): void {
    const decisive = times.subarray(-REMEMBERED);
    for (let i = 0; i < decisive.length; i += 1) {
      const ms = decisive[i] as number;
      this.#runs += 1;
      if (this.#runs === 1) this.#mean = ms;
      else this.#mean += (Math.min(ms, OUTLIER * Math.max(this.#mean, LEAST)) - this.#mean) * WEIGHT;
    }
    this.#runs += times.length - decisive.length;
  }

  /** The inputs of so many runs take so many bytes, those left out of their message included. */
  recordInputs(runs: number, bytes: number): void {
    this.#input = bytes / runs;
  }

  /** A result took so many bytes; small ones, which are not worth a message of their own, are not told. */
  recordResult(bytes: number): void {
    this.#result = bytes;
  }

  /** The inputs of how many runs fit into so many bytes. */
  countInputsWithin(bytes: number): number {
    return Math.floor(bytes / this.#input);
  }

  /** The inputs and results of how many runs fit into so many bytes. */
  countWithinBytes(bytes: number): number {
    return Math.floor(bytes / (this.#input + this.#result));
  }

  /** What so many runs will take, in milliseconds; Infinity before the first has been measured. */
  estimate(runs: number): number {
    return this.#runs === 0 ? Number.POSITIVE_INFINITY : runs * Math.max(this.#mean, LEAST);
  }

  /** How many runs fit into `ms`: none before the first has been measured, and never more than have been. */
  countWithin(ms: number): number {
    return this.#runs === 0 ? 0 : Math.min(this.#runs, Math.floor(ms / Math.max(this.#mean, LEAST)));
  }
}
