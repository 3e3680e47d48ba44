import { WORD_BYTES } from './layout.ts';

/** A 32-bit word of the arena, counted in words from its start. */
export type Address = number;

/**
 * Every access that another process can see goes through here, one atomic operation each. That makes the steps of a
 * protocol countable: tests replace this class to switch party or to kill at each of them.
 */
export class SharedWords {
  readonly #windowTo: (end: number) => ArrayBuffer;
  #words: Int32Array;

  /** `windowTo`: a buffer of the same memory from its start on, as far as `end` in bytes, or as far as there is any. */
  constructor(buffer: ArrayBuffer, windowTo: (end: number) => ArrayBuffer = () => buffer) {
    this.#words = new Int32Array(buffer);
    this.#windowTo = windowTo;
  }

  load(address: Address): number {
    return Atomics.load(this.#reach(address), address);
  }

  /** Not atomic, and a tenth as dear: for what nobody else can be changing, because the caller has the claim of it. */
  loadOwn(address: Address): number {
    return this.#reach(address)[address] as number;
  }

  /** The same for storing. Others see it once they see something that was stored after it with `store`. */
  storeOwn(address: Address, value: number): void {
    this.#reach(address)[address] = value;
  }

  store(address: Address, value: number): void {
    Atomics.store(this.#reach(address), address, value);
  }

  /** True if the word was `expected` and is `value` now. */
  replace(address: Address, expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#reach(address), address, expected, value) === expected;
  }

  /** These return what the word was before. */
  exchange(address: Address, value: number): number {
    return Atomics.exchange(this.#reach(address), address, value);
  }

  add(address: Address, value: number): number {
    return Atomics.add(this.#reach(address), address, value);
  }

  or(address: Address, bits: number): number {
    return Atomics.or(this.#reach(address), address, bits);
  }

  and(address: Address, bits: number): number {
    return Atomics.and(this.#reach(address), address, bits);
  }

  /** Not atomic as a whole: only for memory that nobody else can reach yet. */
  clear(address: Address, count: number): void {
    this.#reach(address + count - 1).fill(0, address, address + count);
  }

  /** The words, with that one among them. */
  #reach(address: Address): Int32Array {
    if (address >= this.#words.length) this.#words = new Int32Array(this.#windowTo((address + 1) * WORD_BYTES));
    return this.#words;
  }
}
