import type { CellLife } from './cells.ts';
import type { Claims } from './claims.ts';
import type { Transaction } from './guard.ts';
import type { Address, SharedWords } from './shared-words.ts';

/**
 * Words of an end: the claim of the one who moves it, two places, the segment they are in (0: none), and the entry in a
 * block that is on its way, with the number it has in the chain (cell 0: none).
 */
const CLAIM = 0;
const PLACES = 1;
const SEGMENT = 3;
const PENDING = 5;
export const CHAIN_END_WORDS = 8;

const NOWHERE: CellLife = { cell: 0, tag: 0 };

/** An entry in a block that was about to pass the end. */
export interface PendingEntry {
  readonly number: number;
  readonly block: CellLife;
}

/**
 * One end of a chain: how many entries have passed it, and where the next will. The place for the next count is written
 * beside the one for the count that holds, so that the store of the count alone moves the end.
 */
export class ChainEnd {
  readonly #words: SharedWords;
  readonly #claims: Claims;
  readonly #address: Address;
  readonly #countAt: Address;
  /** What `segment` returned last. */
  #segment: CellLife = NOWHERE;

  constructor(words: SharedWords, claims: Claims, address: Address, countAt: Address) {
    this.#words = words;
    this.#claims = claims;
    this.#address = address;
    this.#countAt = countAt;
  }

  /** True: somebody died in here. Whatever changes the end is called between this and `leave`. */
  enter(): boolean {
    return this.#claims.enter(this.#address + CLAIM);
  }

  leave(): void {
    this.#claims.leave(this.#address + CLAIM);
  }

  /** How many have passed it, modulo 2^32, for anybody. */
  get passed(): number {
    return this.#words.load(this.#countAt);
  }

  /** The same for whoever is inside; all that follows is for that one alone. */
  get count(): number {
    return this.#words.loadOwn(this.#countAt);
  }

  /** In bytes from the start of the segment. */
  get place(): number {
    return this.#words.loadOwn(this.#placeAt(this.count));
  }

  get segment(): CellLife | undefined {
    const cell = this.#words.loadOwn(this.#address + SEGMENT);
    if (cell === 0) return undefined;
    const tag = this.#words.loadOwn(this.#address + SEGMENT + 1);
    if (this.#segment.cell !== cell || this.#segment.tag !== tag) this.#segment = { cell, tag };
    return this.#segment;
  }

  /** The end will be there once another entry has passed. Nothing has changed before that. */
  prepare(place: number): void {
    this.#words.storeOwn(this.#placeAt(this.count + 1), place);
  }

  pass(): void {
    this.#words.store(this.#countAt, (this.count + 1) | 0);
  }

  passIn(transaction: Transaction): void {
    transaction.write(this.#countAt, (this.count + 1) | 0);
  }

  /** To the start of another segment. */
  moveTo(transaction: Transaction, segment: CellLife | undefined): void {
    transaction.write(this.#address + SEGMENT, segment?.cell ?? 0);
    transaction.write(this.#address + SEGMENT + 1, segment?.tag ?? 0);
    this.rewind(transaction);
  }

  rewind(transaction: Transaction): void {
    transaction.write(this.#placeAt(this.count), 0);
  }

  get pending(): PendingEntry | undefined {
    const cell = this.#words.load(this.#address + PENDING + 1);
    if (cell === 0) return undefined;
    const block = { cell, tag: this.#words.load(this.#address + PENDING + 2) };
    return { number: this.#words.load(this.#address + PENDING), block };
  }

  /** The next to pass is in that block: so that whoever takes over from a dead one finds it. */
  announce({ cell, tag }: CellLife): void {
    this.#words.store(this.#address + PENDING, this.count);
    this.#words.store(this.#address + PENDING + 2, tag);
    this.#words.store(this.#address + PENDING + 1, cell);
  }

  forgetPending(): void {
    this.#words.store(this.#address + PENDING + 1, 0);
  }

  #placeAt(count: number): Address {
    return this.#address + PLACES + (count & 1);
  }
}
