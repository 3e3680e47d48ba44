import { copyElements, isPacked, type List } from '../util/packed-numbers.ts';

/** What a map goes through. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** Items that were read, and what comes next: more, none for now (ask again when told), or no more; `error`: the input itself threw. */
export interface Pulled {
  readonly items: List;
  readonly next: 'more' | 'pending' | 'end';
  readonly error?: { readonly reason: unknown };
}

/** An input, synchronous or not, never read ahead of need. */
export interface Input {
  /** At most `max` items; less only if there are no more, or none for now. */
  pull(max: number): Pulled;
  /** How many are left, Infinity if nobody knows. */
  readonly remaining: number;
  /** Lets go of the input: its `return()` is called, once, unless it has ended by itself. */
  close(): void;
}

/** Throws a TypeError if it cannot be iterated. `onReady` tells that another pull makes sense after a pending one. */
export function openInput<T>(items: Items<T>, onReady: () => void): Input {
  if (Array.isArray(items) || isPacked(items)) return new ArrayInput(items);
  const source = items as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined;
  if (typeof source?.[Symbol.asyncIterator] === 'function') {
    return new AsyncInput((source as AsyncIterable<T>)[Symbol.asyncIterator](), onReady);
  }
  if (typeof source?.[Symbol.iterator] === 'function') return new SyncInput((source as Iterable<T>)[Symbol.iterator]());
  throw new TypeError(
    `Cannot iterate the items: they are of type ${items === null ? 'null' : typeof items}; pass an array or another iterable`,
  );
}

class ArrayInput implements Input {
  readonly #items: List;
  #next = 0;

  constructor(items: List) {
    this.#items = items;
  }

  get remaining(): number {
    return this.#items.length - this.#next;
  }

  pull(max: number): Pulled {
    const source = this.#items;
    const start = this.#next;
    this.#next = Math.min(start + max, source.length);
    const read = copyElements(source, start, this.#next);
    const left = source.length - start; // A getter may have made it shorter.
    const items = left < read.length ? read.slice(0, Math.max(0, left)) : read;
    return { items, next: items.length < max ? 'end' : 'more' };
  }

  close(): void {
    this.#next = this.#items.length;
  }
}

class SyncInput<T> implements Input {
  readonly #iterator: Iterator<T>;
  #isOpen = true;
  #isPulling = false;

  constructor(iterator: Iterator<T>) {
    this.#iterator = iterator;
  }

  get remaining(): number {
    return this.#isOpen ? Number.POSITIVE_INFINITY : 0;
  }

  pull(max: number): Pulled {
    if (!this.#isOpen) return { items: [], next: 'end' };
    this.#isPulling = true;
    const pulled = this.#read(max);
    this.#isPulling = false;
    if (pulled.next === 'end') this.#isOpen = false;
    else if (!this.#isOpen) this.#return(); // What the iterator itself did has closed it.
    return pulled;
  }

  #read(max: number): Pulled {
    const items: T[] = [];
    try {
      while (items.length < max && this.#isOpen) {
        const { done, value } = this.#iterator.next();
        if (done) return { items, next: 'end' };
        items.push(value);
      }
      return { items, next: 'more' };
    } catch (reason) {
      return { items, next: 'end', error: { reason } };
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // A generator that is running cannot be told to return: it is told when it yields.
    if (!this.#isPulling) this.#return();
  }

  #return(): void {
    try {
      this.#iterator.return?.();
    } catch (error) {
      reportLater(error);
    }
  }
}

type Fetched<T> =
  | { readonly is: 'item'; readonly value: T }
  | { readonly is: 'end'; readonly error?: { readonly reason: unknown } };

class AsyncInput<T> implements Input {
  readonly #iterator: AsyncIterator<T>;
  readonly #onReady: () => void;
  #fetched: Fetched<T> | undefined;
  #state: 'open' | 'pulling' | 'ended' = 'open';

  constructor(iterator: AsyncIterator<T>, onReady: () => void) {
    this.#iterator = iterator;
    this.#onReady = onReady;
  }

  get remaining(): number {
    return this.#state === 'ended' && !this.#fetched ? 0 : Number.POSITIVE_INFINITY;
  }

  pull(max: number): Pulled {
    const fetched = this.#fetched;
    this.#fetched = undefined;
    if (fetched?.is === 'end') return { items: [], next: 'end', ...fetched };
    const items = fetched ? [fetched.value] : [];
    if (items.length === max) return { items, next: 'more' };
    if (this.#state === 'ended') return { items, next: 'end' };
    if (this.#state === 'open') void this.#fetch();
    return { items, next: 'pending' };
  }

  close(): void {
    this.#fetched = undefined;
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    // A generator that is waiting for something runs its `finally` when that comes.
    this.#return().catch(reportLater);
  }

  async #return(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #fetch(): Promise<void> {
    this.#state = 'pulling';
    const fetched = await this.#next();
    if (this.#state !== 'pulling') return; // Closed meanwhile.
    this.#state = fetched.is === 'end' ? 'ended' : 'open';
    this.#fetched = fetched;
    this.#onReady();
  }

  async #next(): Promise<Fetched<T>> {
    try {
      const { done, value } = await this.#iterator.next();
      return done ? { is: 'end' } : { is: 'item', value };
    } catch (reason) {
      return { is: 'end', error: { reason } };
    }
  }
}

/** Nobody waits for the end of an input any more: what it throws there is an uncaught exception. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
