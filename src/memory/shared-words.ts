/** A 32-bit word of the arena, counted in words from its start. */
export type Address = number;

/**
 * Every access that another process can see goes through here, one atomic operation each. That makes the steps of a
 * protocol countable: tests replace this class to switch party or to kill at each of them.
 */
export class SharedWords {
  readonly #words: Int32Array;

  constructor(buffer: ArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  load(address: Address): number {
    return Atomics.load(this.#words, address);
  }

  /** Not atomic, and a tenth as dear: for what nobody else can be changing, because the caller has the claim of it. */
  loadOwn(address: Address): number {
    return this.#words[address] as number;
  }

  /** The same for storing. Others see it once they see something that was stored after it with `store`. */
  storeOwn(address: Address, value: number): void {
    this.#words[address] = value;
  }

  store(address: Address, value: number): void {
    Atomics.store(this.#words, address, value);
  }

  /** True if the word was `expected` and is `value` now. */
  replace(address: Address, expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#words, address, expected, value) === expected;
  }

  /** These return what the word was before. */
  exchange(address: Address, value: number): number {
    return Atomics.exchange(this.#words, address, value);
  }

  add(address: Address, value: number): number {
    return Atomics.add(this.#words, address, value);
  }

  or(address: Address, bits: number): number {
    return Atomics.or(this.#words, address, bits);
  }

  and(address: Address, bits: number): number {
    return Atomics.and(this.#words, address, bits);
  }

  /** Not atomic as a whole: only for memory that nobody else can reach yet. */
  clear(address: Address, count: number): void {
    this.#words.fill(0, address, address + count);
  }
}
