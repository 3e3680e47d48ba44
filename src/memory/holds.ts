import { CELL_GRID_BYTES, HEADER_SPANS_HIGH, HOLDS_BYTES_PER_PARTY, SPAN_BYTES, WORD_BYTES } from './layout.ts';
import { indexOf, type PartyId, type PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';
import { spanOf, spanStart } from './spans.ts';

const SPAN_WORDS = SPAN_BYTES / WORD_BYTES;
const WORDS_PER_PARTY = HOLDS_BYTES_PER_PARTY / WORD_BYTES;
const CELL_WORDS = CELL_GRID_BYTES / WORD_BYTES;

/**
 * Who holds which cell: one bit per party and cell, written by that party alone (and, once it is dead, by the one that
 * sweeps it). There is no count that a killed process could leave wrong: a party that is no longer listed holds nothing.
 */
export class Holds {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;

  constructor(words: SharedWords, parties: PartySlots) {
    this.#words = words;
    this.#parties = parties;
  }

  set(party: PartyId, cell: Address): void {
    const bit = bitOf(cell);
    this.#words.or(bitmapOf(party, spanOf(cell)) + (bit >>> 5), 1 << (bit & 31));
  }

  clear(party: PartyId, cell: Address): void {
    const bit = bitOf(cell);
    this.#words.and(bitmapOf(party, spanOf(cell)) + (bit >>> 5), ~(1 << (bit & 31)));
  }

  has(party: PartyId, cell: Address): boolean {
    const bit = bitOf(cell);
    return (this.#words.load(bitmapOf(party, spanOf(cell)) + (bit >>> 5)) & (1 << (bit & 31))) !== 0;
  }

  /** True if any listed party holds the cell. */
  isHeld(cell: Address): boolean {
    for (let index = 0, high = this.#parties.high; index < high; index += 1) {
      const party = this.#parties.at(index);
      if (party !== undefined && this.has(party, cell)) return true;
    }
    return false;
  }

  /** Every cell whose bit the party has set. */
  *of(party: PartyId): Generator<Address, void, undefined> {
    for (let span = 0, high = this.#words.load(HEADER_SPANS_HIGH); span < high; span += 1) {
      const bitmap = bitmapOf(party, span);
      for (let word = 0; word < WORDS_PER_PARTY; word += 1) {
        for (let bits = this.#words.load(bitmap + word); bits !== 0; bits &= bits - 1) {
          yield spanStart(span) + (word * 32 + 31 - Math.clz32(bits & -bits)) * CELL_WORDS;
        }
      }
    }
  }
}

/** Which of its span's places the cell begins at. */
function bitOf(cell: Address): number {
  return (cell - spanStart(spanOf(cell))) / CELL_WORDS;
}

function bitmapOf(party: PartyId, span: number): Address {
  return spanStart(span) + SPAN_WORDS + indexOf(party) * WORDS_PER_PARTY;
}
