import { GUARDS_OFFSET, PARTIES_OFFSET, SPANS_OFFSET } from '#dist/memory/layout.js';
import { type Address, SharedWords } from '#dist/memory/shared-words.js';
import type { World } from './model-world.js';

const GUARD_WORDS: Address = GUARDS_OFFSET / 4;

/** The memory of a model world: each step of the party that runs is one that the world may interrupt. */
export class ModelWords extends SharedWords {
  readonly #world: World;

  constructor(world: World) {
    super(new ArrayBuffer(0));
    this.#world = world;
  }

  #step<T>(address: Address, act: (memory: Int32Array) => T): T {
    const { running, memory } = this.#world;
    if (running === undefined) return act(memory);
    // Who is in which slot changes only by death, which the scheduler deals out itself.
    const isQuiet = address < GUARD_WORDS || (address >= PARTIES_OFFSET / 4 && address < SPANS_OFFSET / 4);
    return isQuiet ? running.recall(() => act(memory)) : running.shared(() => act(memory));
  }

  override load(address: Address): number {
    return this.#step(address, (memory) => memory[address] as number);
  }
  override loadOwn(address: Address): number {
    const { running, memory } = this.#world;
    return running === undefined ? (memory[address] as number) : running.recall(() => memory[address] as number);
  }
  override store(address: Address, value: number): void {
    this.#step(address, (memory) => {
      memory[address] = value;
    });
  }
  override storeOwn(address: Address, value: number): void {
    this.store(address, value);
  }
  override replace(address: Address, expected: number, value: number): boolean {
    return this.#step(address, (memory) => {
      if (memory[address] !== (expected | 0)) return false;
      memory[address] = value;
      return true;
    });
  }
  override exchange(address: Address, value: number): number {
    return this.#modify(address, () => value);
  }
  override add(address: Address, value: number): number {
    return this.#modify(address, (old) => old + value);
  }
  override or(address: Address, bits: number): number {
    return this.#modify(address, (old) => old | bits);
  }
  override and(address: Address, bits: number): number {
    return this.#modify(address, (old) => old & bits);
  }

  #modify(address: Address, change: (old: number) => number): number {
    return this.#step(address, (memory) => {
      const old = memory[address] as number;
      memory[address] = change(old);
      return old;
    });
  }
}
