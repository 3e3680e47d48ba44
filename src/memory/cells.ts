import type { Transaction } from './guard.ts';
import { CELL_GRID_BYTES, MAX_PARTIES, SPAN_BYTES, WORD_BYTES } from './layout.ts';
import { indexOf, type PartyId } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';
import { spanOf, spanStart } from './spans.ts';

/**
 * A cell is a piece of the small region with a header of four words. Its states:
 *   free      may be allocated by the owner of its span
 *   changing  one party, named in the tag, is bringing it to life or to its end; if that party dies, the sweep ends it
 *   live      somebody holds it, or it is on its way
 * The tag is generation (21 bits), changing party's slot index (9), state (2). The generation grows with every end, so a
 * handle of an earlier life does not match.
 */
const TAG = 0;
/** How many messages carry the cell (low half), and a counter of such events (high half). */
const TRANSIT = 1;
/** What lives here, so that a handle of one kind is never taken for another; and OWNED. */
const KIND = 2;
/** Number of the large slot that hangs on it, plus one; 0: none. */
const LARGE_SLOT = 3;

const FREE = 0;
const CHANGING = 1;
const LIVE = 2;
const STATE_MASK = 3;
const PARTY_SHIFT = 2;
const GENERATION_SHIFT = 11;

/** In the kind's word: another block keeps this one, whoever holds it. */
const OWNED = 1 << 16;

const DEPARTURE = 0x10001;
const COUNT_MASK = 0xffff;

/** One life of a cell: what a handle names. */
export interface CellLife {
  readonly cell: Address;
  /** The tag while it is live. */
  readonly tag: number;
}

export class Cells {
  readonly #words: SharedWords;

  constructor(words: SharedWords) {
    this.#words = words;
  }

  isLive(life: CellLife): boolean {
    return this.#words.load(life.cell + TAG) === life.tag;
  }

  isFree(cell: Address): boolean {
    return (this.#words.load(cell + TAG) & STATE_MASK) === FREE;
  }

  /** The life that is there now, if any. */
  lifeAt(cell: Address): CellLife | undefined {
    const tag = this.#words.load(cell + TAG);
    return (tag & STATE_MASK) === LIVE ? { cell, tag } : undefined;
  }

  isChangedBy(cell: Address, party: PartyId): boolean {
    const tag = this.#words.load(cell + TAG);
    return (tag & STATE_MASK) === CHANGING && ((tag >>> PARTY_SHIFT) & (MAX_PARTIES - 1)) === indexOf(party);
  }

  generation(cell: Address): number {
    return this.#words.load(cell + TAG) >>> GENERATION_SHIFT;
  }

  /** free → changing. Only for the owner of the span, and after it has marked the cell as held. */
  beginLife(cell: Address, self: PartyId, kind: number): void {
    this.#words.store(cell + TRANSIT, 0);
    this.#words.store(cell + KIND, kind);
    this.#words.store(cell + LARGE_SLOT, 0);
    this.#words.store(cell + TAG, changing(this.#words.load(cell + TAG), self));
  }

  /** changing → live. */
  completeLife(cell: Address): CellLife {
    const tag = ((this.#words.load(cell + TAG) >>> GENERATION_SHIFT) << GENERATION_SHIFT) | LIVE;
    this.#words.store(cell + TAG, tag);
    return { cell, tag };
  }

  /** live → changing: true for the one party that may go on. */
  beginEnd(life: CellLife, self: PartyId): boolean {
    return this.#words.replace(life.cell + TAG, life.tag, changing(life.tag, self));
  }

  /** changing → free, one generation on. */
  completeEnd(cell: Address): void {
    this.#words.store(
      cell + TAG,
      (((this.#words.load(cell + TAG) >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT) | FREE,
    );
  }

  /** Changes whenever a message that names the cell departs. */
  transit(cell: Address): number {
    return this.#words.load(cell + TRANSIT);
  }

  /** In the guard of the cell, as everything that changes how many messages carry it. */
  depart(transaction: Transaction, cell: Address): void {
    transaction.write(cell + TRANSIT, this.transit(cell) + DEPARTURE);
  }

  /** The message has been read, or will never be. */
  arrive(transaction: Transaction, cell: Address): void {
    transaction.write(cell + TRANSIT, this.transit(cell) - 1);
  }

  kind(cell: Address): number {
    return this.#words.load(cell + KIND) & ~OWNED;
  }

  isOwned(cell: Address): boolean {
    return (this.#words.load(cell + KIND) & OWNED) !== 0;
  }

  setOwned(transaction: Transaction, cell: Address, isOwned: boolean): void {
    transaction.write(cell + KIND, this.kind(cell) | (isOwned ? OWNED : 0));
  }

  largeSlot(cell: Address): number | undefined {
    const slot = this.#words.load(cell + LARGE_SLOT);
    return slot === 0 ? undefined : slot - 1;
  }

  setLargeSlot(cell: Address, slot: number): void {
    this.#words.store(cell + LARGE_SLOT, slot + 1);
  }
}

/** Whether any message carries a cell whose transit is that. */
export function isCarried(transit: number): boolean {
  return (transit & COUNT_MASK) !== 0;
}

function changing(tag: number, party: PartyId): number {
  return ((tag >>> GENERATION_SHIFT) << GENERATION_SHIFT) | (indexOf(party) << PARTY_SHIFT) | CHANGING;
}

const PLACES_PER_SPAN = SPAN_BYTES / CELL_GRID_BYTES;
const WORDS_PER_PLACE = CELL_GRID_BYTES / WORD_BYTES;

/** Cells by their place on the grid, which is what hold bits and handles count in. Place 0 is never allocated: 0 names nothing. */
export function gridIndexOf(cell: Address): number {
  const span = spanOf(cell);
  return span * PLACES_PER_SPAN + (cell - spanStart(span)) / WORDS_PER_PLACE;
}

export function cellAtGrid(index: number): Address {
  return spanStart(Math.floor(index / PLACES_PER_SPAN)) + (index % PLACES_PER_SPAN) * WORDS_PER_PLACE;
}
