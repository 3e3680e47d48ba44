import type { CellLife } from './cells.ts';
import type { Transaction } from './guard.ts';
import { CELL_HEADER_BYTES, WORD_BYTES } from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** Words of a chain: the segment and the place in it of the oldest entry, and of the end. Segment 0: none. */
const HEAD = 0;
const HEAD_AT = 2;
const TAIL = 3;
const TAIL_AT = 5;
export const CHAIN_WORDS = 6;

/** Words that every segment's cell begins with, also where the segment itself lies elsewhere: the one after it, and where its last entry ended. */
const NEXT = 0;
const END = 2;
/** For the store's own use. */
export const SEGMENT_CAPACITY = 3;

/** What entries are made of, and the segments they lie in. Places are byte offsets in a segment. */
export interface ChainStore<Entry extends { readonly block: CellLife | undefined }> {
  sizeOf(entry: Entry): number;
  capacity(segment: CellLife): number;
  /** Nobody else can see what is written until the end of the chain has moved behind it. */
  write(segment: CellLife, at: number, entry: Entry): void;
  read(segment: CellLife, at: number): Entry;
  /** As `read`, without looking into the entry. */
  peek(segment: CellLife, at: number): { readonly size: number; readonly block: CellLife | undefined };
  /** A segment that is given back to the system as soon as the chain is empty. */
  isLarge(segment: CellLife): boolean;
  hold(block: CellLife): void;
  drop(block: CellLife): void;
  setOwned(transaction: Transaction, block: CellLife, isOwned: boolean): void;
}

/**
 * Entries in a row, in segments of shared memory that a block owns. Everything but `release` is called in the guard of
 * that block, so a party killed anywhere leaves the chain as it was before its call, or as it is after it.
 *
 * The chain owns its segments, and the blocks that its entries are in.
 */
export class Chain<Entry extends { readonly block: CellLife | undefined }> {
  readonly #words: SharedWords;
  readonly #store: ChainStore<Entry>;
  readonly #address: Address;
  /** Segments that this party took out of the chain, and holds until `release`. */
  readonly #removed: CellLife[] = [];

  constructor(words: SharedWords, store: ChainStore<Entry>, address: Address) {
    this.#words = words;
    this.#store = store;
    this.#address = address;
  }

  /** The capacity of the last segment; 0 if there is none. */
  get lastCapacity(): number {
    const tail = this.#segmentAt(this.#address + TAIL);
    return tail === undefined ? 0 : this.#store.capacity(tail);
  }

  /** False, and nothing has changed, if it needs a new segment and `spare` is undefined. The caller holds spare and entry. */
  append(transaction: Transaction, entry: Entry, spare: CellLife | undefined): boolean {
    const size = this.#store.sizeOf(entry);
    let tail = this.#segmentAt(this.#address + TAIL);
    let at = this.#load(TAIL_AT);
    if (tail === undefined || at + size > this.#store.capacity(tail)) {
      if (spare === undefined) return false;
      this.#link(transaction, tail, at, spare);
      tail = spare;
      at = 0;
    }
    if (entry.block !== undefined) this.#store.setOwned(transaction, entry.block, true);
    this.#store.write(tail, at, entry);
    transaction.write(this.#address + TAIL_AT, at + size);
    return true;
  }

  /** The oldest entry; there must be one. The caller holds the block that it is in, until it drops it. */
  take(transaction: Transaction): Entry {
    const head = this.#segmentAt(this.#address + HEAD) as CellLife;
    const at = this.#load(HEAD_AT);
    const entry = this.#store.read(head, at);
    if (entry.block !== undefined) this.#disown(transaction, entry.block);
    this.#goOn(transaction, head, at + this.#store.sizeOf(entry));
    return entry;
  }

  /** Lets go of the oldest entries, up to one that is in a block, or to the end of a segment. False: nothing is left. */
  discardSome(transaction: Transaction): boolean {
    const head = this.#segmentAt(this.#address + HEAD);
    if (head === undefined) return false;
    const end = this.#endOf(head);
    let at = this.#load(HEAD_AT);
    for (let block: CellLife | undefined; block === undefined && at < end; ) {
      const entry = this.#store.peek(head, at);
      at += entry.size;
      block = entry.block;
      if (block === undefined) continue;
      this.#disown(transaction, block);
      this.#removed.push(block);
    }
    if (at < end || !this.#isLast(head)) this.#goOn(transaction, head, at);
    else this.#unlinkLast(transaction, head);
    return true;
  }

  /** After each call, outside the guard, whatever came of it. */
  release(): void {
    for (let block = this.#removed.pop(); block !== undefined; block = this.#removed.pop()) this.#store.drop(block);
  }

  #link(transaction: Transaction, tail: CellLife | undefined, at: number, segment: CellLife): void {
    const isEmpty = tail === undefined || (this.#isHead(tail) && this.#load(HEAD_AT) === at);
    if (isEmpty) {
      if (tail !== undefined) this.#remove(transaction, tail);
      this.#point(transaction, this.#address + HEAD, segment);
      transaction.write(this.#address + HEAD_AT, 0);
    } else {
      this.#point(transaction, controlOf(tail) + NEXT, segment);
      transaction.write(controlOf(tail) + END, at);
    }
    this.#point(transaction, this.#address + TAIL, segment);
    this.#store.setOwned(transaction, segment, true);
  }

  /** The oldest entry is at `at` now, if there is one. */
  #goOn(transaction: Transaction, head: CellLife, at: number): void {
    if (at < this.#endOf(head)) {
      transaction.write(this.#address + HEAD_AT, at);
    } else if (!this.#isLast(head)) {
      this.#point(transaction, this.#address + HEAD, this.#segmentAt(controlOf(head) + NEXT));
      transaction.write(this.#address + HEAD_AT, 0);
      this.#remove(transaction, head);
    } else if (this.#store.isLarge(head)) {
      this.#unlinkLast(transaction, head);
    } else {
      transaction.write(this.#address + HEAD_AT, 0);
      transaction.write(this.#address + TAIL_AT, 0);
    }
  }

  #unlinkLast(transaction: Transaction, segment: CellLife): void {
    this.#point(transaction, this.#address + HEAD, undefined);
    this.#point(transaction, this.#address + TAIL, undefined);
    transaction.write(this.#address + HEAD_AT, 0);
    transaction.write(this.#address + TAIL_AT, 0);
    this.#remove(transaction, segment);
  }

  #remove(transaction: Transaction, segment: CellLife): void {
    this.#disown(transaction, segment);
    this.#removed.push(segment);
  }

  #disown(transaction: Transaction, block: CellLife): void {
    this.#store.hold(block);
    this.#store.setOwned(transaction, block, false);
  }

  #endOf(segment: CellLife): number {
    return this.#isLast(segment) ? this.#load(TAIL_AT) : this.#words.load(controlOf(segment) + END);
  }

  #isHead({ cell }: CellLife): boolean {
    return this.#load(HEAD) === cell;
  }

  #isLast({ cell }: CellLife): boolean {
    return this.#load(TAIL) === cell;
  }

  #load(word: number): number {
    return this.#words.load(this.#address + word);
  }

  #segmentAt(address: Address): CellLife | undefined {
    const cell = this.#words.load(address);
    return cell === 0 ? undefined : { cell, tag: this.#words.load(address + 1) };
  }

  #point(transaction: Transaction, address: Address, segment: CellLife | undefined): void {
    transaction.write(address, segment?.cell ?? 0);
    transaction.write(address + 1, segment?.tag ?? 0);
  }
}

function controlOf({ cell }: CellLife): Address {
  return cell + CELL_HEADER_BYTES / WORD_BYTES;
}
