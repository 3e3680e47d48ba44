import type { ImapIterator } from '../pool/imap-iterator.ts';
import { normalizeWait } from '../util/wait.ts';

/** The results of `map`: the first failure, of an item or for lack of time, is also the end, and lets go of all the rest. */
export class ExecutorIterator<R> implements AsyncIterableIterator<R> {
  readonly #results: ImapIterator<R>;
  readonly #deadline: number;

  /** The time counts from here. */
  constructor(results: ImapIterator<R>, timeout: number | undefined) {
    this.#results = results;
    this.#deadline = performance.now() + normalizeWait(timeout).timeout;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<R>> {
    try {
      return await this.#results.next({ timeout: this.#deadline - performance.now() });
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<R>> {
    await this.#results.return?.();
    return { done: true, value: undefined };
  }
}
