import { type Cells, cellAtGrid, gridIndexOf } from './cells.ts';
import { LARGE_SLOTS_PER_CLASS, LARGE_TABLES_OFFSET, largeZones, WORD_BYTES } from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** The life of a cell in one word: its place on the grid (24 bits) and the low 8 bits of its generation. */
const GRID_MASK = 0xffffff;

/**
 * Memory above the small sizes: address space in powers of two from 128 KiB up. Only touched pages cost memory, so a
 * slot may be nearly twice what was asked for. Each slot hangs on a cell, which says whether it lives and who holds it.
 *
 * A slot's word names the life of its cell, and the cell names the slot. A slot is taken while both agree and the cell
 * is not free; so whatever a killed party left half done, the slot is free again as soon as its cell is.
 */
export class LargeSlots {
  readonly #words: SharedWords;
  readonly #cells: Cells;
  readonly #zones: ReturnType<typeof largeZones>;
  /** Where the last search of each class ended. */
  readonly #next: number[];

  constructor(words: SharedWords, cells: Cells, arenaBytes: number) {
    this.#words = words;
    this.#cells = cells;
    this.#zones = largeZones(arenaBytes);
    this.#next = this.#zones.map(() => 0);
  }

  /** Hangs a slot on a cell that is changing. False: no room. */
  claim(byteLength: number, cell: Address): boolean {
    const name = this.#nameOf(cell);
    for (const [index, zone] of this.#zones.entries()) {
      if (zone.slotBytes < byteLength) continue;
      const start = this.#next[index] ?? 0;
      for (let tried = 0; tried < zone.slots; tried += 1) {
        const place = (start + tried) % zone.slots;
        const slot = index * LARGE_SLOTS_PER_CLASS + place;
        const current = this.#words.load(wordOf(slot));
        if (this.#isTaken(slot, current)) continue;
        // First the cell, then the word: from the moment the word names the cell, the two agree.
        this.#cells.setLargeSlot(cell, slot);
        if (!this.#words.replace(wordOf(slot), current, name)) continue;
        this.#next[index] = place + 1;
        return true;
      }
    }
    return false;
  }

  /** The slot that hangs on a cell, if both agree. */
  slotOf(cell: Address): number | undefined {
    const slot = this.#cells.largeSlot(cell);
    return slot !== undefined && this.#words.load(wordOf(slot)) === this.#nameOf(cell) ? slot : undefined;
  }

  /** Hangs a slot on another cell, which is changing: from one moment to the next it is that one's. */
  pass(slot: number, from: Address, to: Address): boolean {
    this.#cells.setLargeSlot(to, slot);
    return this.#words.replace(wordOf(slot), this.#nameOf(from), this.#nameOf(to));
  }

  release(slot: number): void {
    this.#words.store(wordOf(slot), 0);
  }

  /** Where a slot lies in the arena, in bytes from its start. */
  rangeOf(slot: number): { readonly offset: number; readonly byteLength: number } {
    const zone = this.#zones[Math.floor(slot / LARGE_SLOTS_PER_CLASS)];
    if (zone === undefined) throw new RangeError(`Cannot find large slot ${slot}`);
    return { offset: zone.offset + (slot % LARGE_SLOTS_PER_CLASS) * zone.slotBytes, byteLength: zone.slotBytes };
  }

  #isTaken(slot: number, name: number): boolean {
    if (name === 0) return false;
    const cell = cellAtGrid(name & GRID_MASK);
    return !this.#cells.isFree(cell) && this.#nameOf(cell) === name && this.#cells.largeSlot(cell) === slot;
  }

  #nameOf(cell: Address): number {
    return gridIndexOf(cell) | (this.#cells.generation(cell) << 24);
  }
}

function wordOf(slot: number): Address {
  return LARGE_TABLES_OFFSET / WORD_BYTES + slot;
}
