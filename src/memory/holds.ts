import { cellAtGrid, gridIndexOf } from './cells.ts';
import { HEADER_SPANS_HIGH, HOLDS_BYTES_PER_PARTY, HOLDS_OFFSET, SPAN_BYTES, WORD_BYTES } from './layout.ts';
import { indexOf, type PartyId, type PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** Grid steps of one span, in bits of a word. */
const WORDS_PER_SPAN = SPAN_BYTES / 64 / 32;

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
    const bit = gridIndexOf(cell);
    this.#words.or(bitmapOf(party) + (bit >>> 5), 1 << (bit & 31));
  }

  clear(party: PartyId, cell: Address): void {
    const bit = gridIndexOf(cell);
    this.#words.and(bitmapOf(party) + (bit >>> 5), ~(1 << (bit & 31)));
  }

  has(party: PartyId, cell: Address): boolean {
    const bit = gridIndexOf(cell);
    return (this.#words.load(bitmapOf(party) + (bit >>> 5)) & (1 << (bit & 31))) !== 0;
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
    const bitmap = bitmapOf(party);
    const end = this.#words.load(HEADER_SPANS_HIGH) * WORDS_PER_SPAN;
    for (let word = 0; word < end; word += 1) {
      for (let bits = this.#words.load(bitmap + word); bits !== 0; bits &= bits - 1) {
        yield cellAtGrid(word * 32 + 31 - Math.clz32(bits & -bits));
      }
    }
  }
}

function bitmapOf(party: PartyId): Address {
  return (HOLDS_OFFSET + indexOf(party) * HOLDS_BYTES_PER_PARTY) / WORD_BYTES;
}
