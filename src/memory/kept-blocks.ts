import type { CellLife } from './cells.ts';
import type { Guards, Transaction } from './guard.ts';
import type { Heap } from './heap.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** Words that a block begins with which keeps others: how many places there are for them, and cell and tag in each; cell 0: free. */
const COUNT = 0;
const PLACES = 16;
const PLACE_WORDS = 2;

export interface KeptParts {
  readonly words: SharedWords;
  readonly guards: Guards;
  readonly heap: Heap;
}

/** Blocks that another one owns, by a table in it. Whoever ends that one ends them. */
export class KeptBlocks {
  readonly #parts: KeptParts;
  readonly #address: Address;

  constructor(parts: KeptParts, address: Address) {
    this.#parts = parts;
    this.#address = address;
  }

  /** What the table takes; a multiple of 16 if `count` is one of 8. */
  static wordsFor(count: number): number {
    return PLACES + count * PLACE_WORDS;
  }

  /** For a new block that nobody else knows yet. */
  initialize(count: number): void {
    this.#parts.words.store(this.#address + COUNT, count);
  }

  /** In a guard that says who uses the places from `first` on. Undefined: `count` of them are taken. The caller holds the block until afterwards. */
  keep(transaction: Transaction, life: CellLife, first: number, count: number): number | undefined {
    for (let place = first; place < first + count; place += 1) {
      if (this.#at(place) !== undefined) continue;
      this.#parts.heap.setOwned(transaction, life, true);
      transaction.write(this.#placeAt(place) + 1, life.tag);
      transaction.write(this.#placeAt(place), life.cell);
      return place;
    }
    return undefined;
  }

  /** In the same guard. The caller holds the block from now on, until it drops it. */
  release(transaction: Transaction, place: number): CellLife {
    const life = this.#at(place) as CellLife;
    this.#parts.heap.hold(life);
    transaction.write(this.#placeAt(place), 0);
    this.#parts.heap.setOwned(transaction, life, false);
    return life;
  }

  /** Before the block ends, which nobody uses any more. */
  empty(): void {
    const { words, guards, heap } = this.#parts;
    for (let place = 0, count = words.load(this.#address + COUNT); place < count; place += 1) {
      if (this.#at(place) === undefined) continue;
      heap.drop(guards.run(this.#address, (transaction) => this.release(transaction, place)));
    }
  }

  #placeAt(place: number): Address {
    return this.#address + PLACES + place * PLACE_WORDS;
  }

  #at(place: number): CellLife | undefined {
    const { words } = this.#parts;
    const cell = words.load(this.#placeAt(place));
    return cell === 0 ? undefined : { cell, tag: words.load(this.#placeAt(place) + 1) };
  }
}
