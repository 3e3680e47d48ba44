import {
  CELL_GRID_BYTES,
  HEADER_SPANS_HIGH,
  SMALL_CLASS_COUNT,
  SMALL_OFFSET,
  SPAN_BYTES,
  SPAN_COUNT,
  SPAN_ENTRY_BYTES,
  SPAN_STRIDE_BYTES,
  SPANS_OFFSET,
  WORD_BYTES,
} from './layout.ts';
import type { PartyId, PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** Words of a span's entry. Only the owner allocates in a span; anybody frees. */
const OWNER = 0;
/** Size class plus one; 0: not decided yet, no cell has ever lived here. */
const SIZE_CLASS = 1;
/** Cells that others have freed since the owner last looked. A hint: one that is lost costs time, not memory. */
const FREED_BY_OTHERS = 2;

export class Spans {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;

  constructor(words: SharedWords, parties: PartySlots) {
    this.#words = words;
    this.#parties = parties;
  }

  get high(): number {
    return this.#words.load(HEADER_SPANS_HIGH);
  }

  /** A span nobody has used, or undefined at the end of the region. */
  claimNew(self: PartyId, sizeClass: number): number | undefined {
    for (let span = this.high; span < SPAN_COUNT; span = this.high) {
      if (!this.#words.replace(HEADER_SPANS_HIGH, span, span + 1)) continue;
      // Killed before the next line: nobody owns it, so it is adopted like a dead party's.
      if (!this.#words.replace(entryOf(span) + OWNER, 0, self)) continue;
      this.#words.store(entryOf(span) + SIZE_CLASS, sizeClass + 1);
      return span;
    }
    return undefined;
  }

  /** Takes over a span of that class, or of none, whose owner is dead. */
  adopt(self: PartyId, span: number, sizeClass: number): boolean {
    const entry = entryOf(span);
    const decided = this.#words.load(entry + SIZE_CLASS);
    if (decided !== 0 && decided !== sizeClass + 1) return false;
    const owner = this.#words.load(entry + OWNER) as PartyId;
    if (owner !== 0 && this.#parties.isAlive(owner)) return false;
    if (!this.#words.replace(entry + OWNER, owner, self)) return false;
    if (decided === 0) this.#words.store(entry + SIZE_CLASS, sizeClass + 1);
    return true;
  }

  isOwnedBy(party: PartyId, span: number): boolean {
    return this.#words.load(entryOf(span) + OWNER) === party;
  }

  noteFreed(span: number): void {
    this.#words.add(entryOf(span) + FREED_BY_OTHERS, 1);
  }

  takeFreedByOthers(span: number): boolean {
    return (
      this.#words.load(entryOf(span) + FREED_BY_OTHERS) !== 0 &&
      this.#words.exchange(entryOf(span) + FREED_BY_OTHERS, 0) !== 0
    );
  }

  cellBytes(span: number): number {
    return cellBytesOf(this.#words.load(entryOf(span) + SIZE_CLASS) - 1);
  }

  /** A place where a cell begins, in a span that has a class. */
  isCell(cell: Address): boolean {
    const span = spanOf(cell);
    if (span < 0 || span >= this.high || this.#words.load(entryOf(span) + SIZE_CLASS) === 0) return false;
    return ((cell - spanStart(span)) * WORD_BYTES) % this.cellBytes(span) === 0;
  }

  /** Where the cells of a span begin. */
  *cellsIn(span: number): Generator<Address, void, undefined> {
    const step = this.cellBytes(span) / WORD_BYTES;
    const end = spanStart(span) + SPAN_BYTES / WORD_BYTES;
    for (let cell = spanStart(span); cell < end; cell += step) yield cell;
  }
}

export function cellBytesOf(sizeClass: number): number {
  return CELL_GRID_BYTES << sizeClass;
}

/** The smallest class that fits, or undefined if only a large slot does. */
export function sizeClassFor(byteLength: number): number | undefined {
  const sizeClass = Math.max(0, 26 - Math.clz32(byteLength - 1));
  return sizeClass < SMALL_CLASS_COUNT && byteLength <= SPAN_BYTES ? sizeClass : undefined;
}

export function spanOf(cell: Address): number {
  return Math.floor((cell * WORD_BYTES - SMALL_OFFSET) / SPAN_STRIDE_BYTES);
}

export function spanStart(span: number): Address {
  return (SMALL_OFFSET + span * SPAN_STRIDE_BYTES) / WORD_BYTES;
}

function entryOf(span: number): Address {
  return (SPANS_OFFSET + span * SPAN_ENTRY_BYTES) / WORD_BYTES;
}
