import { type Address, SharedWords } from '#dist/memory/shared-words.js';

/** Counts the steps a party takes on shared memory, and kills its process before or after a chosen one. */
export class KillingWords extends SharedWords {
  static steps = 0;
  static killAt = Number.POSITIVE_INFINITY;

  #step<T>(act: () => T): T {
    KillingWords.steps += 1;
    // Odd points lie before a step, even ones after it.
    if (KillingWords.steps * 2 - 1 === KillingWords.killAt) process.kill(process.pid, 'SIGKILL');
    const result = act();
    if (KillingWords.steps * 2 === KillingWords.killAt) process.kill(process.pid, 'SIGKILL');
    return result;
  }

  override load(address: Address): number {
    return this.#step(() => super.load(address));
  }
  override store(address: Address, value: number): void {
    this.#step(() => super.store(address, value));
  }
  override replace(address: Address, expected: number, value: number): boolean {
    return this.#step(() => super.replace(address, expected, value));
  }
  override exchange(address: Address, value: number): number {
    return this.#step(() => super.exchange(address, value));
  }
  override add(address: Address, value: number): number {
    return this.#step(() => super.add(address, value));
  }
  override or(address: Address, bits: number): number {
    return this.#step(() => super.or(address, bits));
  }
  override and(address: Address, bits: number): number {
    return this.#step(() => super.and(address, bits));
  }
}
