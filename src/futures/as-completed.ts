import { TimeoutError } from '../errors/timeout-error.ts';
import { createDeferred } from '../util/deferred.ts';
import { Deque } from '../util/deque.ts';
import { normalizeWait, waitFor } from '../util/wait.ts';
import { collectFutures } from './collect-futures.ts';
import { type Future, listenForDone } from './future.ts';

/**
 * The futures as they are done, each once; those that are done already come first. `timeout` counts from this call, for all of
 * them together; then the iteration ends with a TimeoutError, and the futures are left alone.
 */
export function asCompleted<R>(
  futures: Iterable<Future<R>>,
  options: { timeout?: number; signal?: AbortSignal } = {},
): AsyncIterableIterator<Future<R>> {
  return new CompletionIterator(collectFutures(futures), options);
}

/** By hand: what an async generator yields is awaited, and a future can be. */
class CompletionIterator<R> implements AsyncIterableIterator<Future<R>> {
  readonly #total: number;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  readonly #done = new Deque<Future<R>>();
  readonly #unlisten: ReadonlyArray<() => void>;
  /** Not delivered yet. */
  #left: number;
  #next = createDeferred<void>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(futures: ReadonlySet<Future<R>>, options: { timeout?: number; signal?: AbortSignal }) {
    const { timeout, signal } = normalizeWait(options);
    this.#total = futures.size;
    this.#left = futures.size;
    this.#deadline = performance.now() + timeout;
    this.#signal = signal;
    this.#unlisten = [...futures].map((future) => listenForDone(future, () => this.#onDone(future)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One call after the other, as for an async generator. */
  next(): Promise<IteratorResult<Future<R>>> {
    const result = this.#turn.then(() => this.#take());
    this.#turn = result.catch(() => {});
    return result;
  }

  async return(): Promise<IteratorResult<Future<R>>> {
    this.#end();
    return { done: true, value: undefined };
  }

  async #take(): Promise<IteratorResult<Future<R>>> {
    while (this.#left > 0) {
      const value = this.#done.shift();
      if (value) {
        this.#left -= 1;
        return { done: false, value };
      }
      await this.#waitForNext();
    }
    return { done: true, value: undefined };
  }

  async #waitForNext(): Promise<void> {
    const unfinished = this.#left;
    try {
      const timeout = this.#deadline - performance.now();
      if (await waitFor(this.#next.promise, () => false, { timeout, signal: this.#signal })) return;
    } catch (reason) {
      this.#end();
      throw reason;
    }
    this.#end();
    throw new TimeoutError(`${unfinished} (of ${this.#total}) futures unfinished`);
  }

  #onDone(future: Future<R>): void {
    this.#done.push(future);
    this.#next.resolve();
    this.#next = createDeferred();
  }

  #end(): void {
    this.#left = 0;
    this.#next.resolve();
    for (const stop of this.#unlisten) stop();
  }
}
