/** What a map goes through. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** The next item, none for now (ask again when told), or no more of them; `error`: the input itself threw. */
export type Pulled<T> =
  | { readonly is: 'item'; readonly value: T }
  | { readonly is: 'pending' }
  | { readonly is: 'end'; readonly error?: { readonly reason: unknown } };

const PENDING: Pulled<never> = { is: 'pending' };
const END: Pulled<never> = { is: 'end' };

/** An input, synchronous or not, pulled one item at a time and never ahead of need. */
export interface Input<T> {
  pull(): Pulled<T>;
  /** How many are left, Infinity if nobody knows. */
  readonly remaining: number;
  /** Lets go of the input: its `return()` is called, once, unless it has ended by itself. */
  close(): void;
}

/** Throws a TypeError if it cannot be iterated. `onReady` tells that another pull makes sense after a pending one. */
export function openInput<T>(items: Items<T>, onReady: () => void): Input<T> {
  if (Array.isArray(items)) return new ArrayInput(items as readonly T[]);
  const source = items as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined;
  if (typeof source?.[Symbol.asyncIterator] === 'function') {
    return new AsyncInput((source as AsyncIterable<T>)[Symbol.asyncIterator](), onReady);
  }
  if (typeof source?.[Symbol.iterator] === 'function') return new SyncInput((source as Iterable<T>)[Symbol.iterator]());
  throw new TypeError(
    `Cannot iterate the items: they are of type ${items === null ? 'null' : typeof items}; pass an array or another iterable`,
  );
}

class ArrayInput<T> implements Input<T> {
  readonly #items: readonly T[];
  #next = 0;

  constructor(items: readonly T[]) {
    this.#items = items;
  }

  get remaining(): number {
    return this.#items.length - this.#next;
  }

  pull(): Pulled<T> {
    if (this.remaining <= 0) return END;
    this.#next += 1;
    return { is: 'item', value: this.#items[this.#next - 1] as T };
  }

  close(): void {
    this.#next = this.#items.length;
  }
}

class SyncInput<T> implements Input<T> {
  readonly #iterator: Iterator<T>;
  #isOpen = true;
  #isPulling = false;

  constructor(iterator: Iterator<T>) {
    this.#iterator = iterator;
  }

  get remaining(): number {
    return this.#isOpen ? Number.POSITIVE_INFINITY : 0;
  }

  pull(): Pulled<T> {
    if (!this.#isOpen) return END;
    this.#isPulling = true;
    let pulled: Pulled<T>;
    try {
      const { done, value } = this.#iterator.next();
      pulled = done ? END : { is: 'item', value };
    } catch (reason) {
      pulled = { is: 'end', error: { reason } };
    }
    this.#isPulling = false;
    const wasClosed = !this.#isOpen; // By what the iterator itself did.
    if (pulled.is === 'end') this.#isOpen = false;
    else if (wasClosed) this.#return();
    return wasClosed ? END : pulled;
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

class AsyncInput<T> implements Input<T> {
  readonly #iterator: AsyncIterator<T>;
  readonly #onReady: () => void;
  #pulled: Pulled<T> | undefined;
  #state: 'open' | 'pulling' | 'ended' = 'open';

  constructor(iterator: AsyncIterator<T>, onReady: () => void) {
    this.#iterator = iterator;
    this.#onReady = onReady;
  }

  get remaining(): number {
    return this.#state === 'ended' && !this.#pulled ? 0 : Number.POSITIVE_INFINITY;
  }

  pull(): Pulled<T> {
    const pulled = this.#pulled;
    if (pulled) {
      this.#pulled = undefined;
      return pulled;
    }
    if (this.#state === 'ended') return END;
    if (this.#state === 'open') void this.#fetch();
    return PENDING;
  }

  close(): void {
    this.#pulled = undefined;
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
    const pulled = await this.#next();
    if (this.#state !== 'pulling') return; // Closed meanwhile.
    this.#state = pulled.is === 'end' ? 'ended' : 'open';
    this.#pulled = pulled;
    this.#onReady();
  }

  async #next(): Promise<Pulled<T>> {
    try {
      const { done, value } = await this.#iterator.next();
      return done ? END : { is: 'item', value };
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
