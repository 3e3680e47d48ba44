import { type CellLife, cellAtGrid } from './cells.ts';
import type { Block, BlockHandle, Heap, HeapParts } from './heap.ts';
import { CELL_HEADER_BYTES } from './layout.ts';
import type { PartyId } from './party-slots.ts';
import { spanOf } from './spans.ts';

/** A block that another party has handed to this one. */
export interface GivenBlock extends Block {
  /** How much of it may be used. */
  readonly byteLength: number;
}

/** Blocks that change hands between two parties that both know of it, by their hold bits alone: no count can be left wrong. */
export class Handover {
  readonly #parts: HeapParts;
  readonly #heap: Heap;

  constructor(parts: HeapParts, heap: Heap) {
    this.#parts = parts;
    this.#heap = heap;
  }

  /**
   * Makes another party hold a block that nobody but this one holds; this one still holds it too. Neither's death loses or leaks
   * it. The other must learn of it by `taken`, and drop it. False: that party is gone, nothing has changed.
   */
  give(life: CellLife, to: PartyId): boolean {
    const { holds, parties } = this.#parts;
    holds.set(to, life.cell);
    // Looked at afterwards: a sweep that begins later finds the bit.
    if (parties.isListed(to)) return true;
    holds.clear(to, life.cell);
    return false;
  }

  /** What another party has given to this one; undefined if it has not, whatever the handle says. */
  taken(kind: number, { cell: place, tag }: Pick<BlockHandle, 'cell' | 'tag'>): GivenBlock | undefined {
    const { cells, spans, holds, large, self } = this.#parts;
    const life: CellLife = { cell: cellAtGrid(place), tag };
    if (place <= 0 || !spans.isCell(life.cell) || !cells.isLive(life)) return undefined;
    if (cells.kind(life.cell) !== kind || !holds.has(self, life.cell)) return undefined;
    const slot = cells.largeSlot(life.cell);
    const byteLength =
      slot === undefined ? spans.cellBytes(spanOf(life.cell)) - CELL_HEADER_BYTES : large.rangeOf(slot).byteLength;
    return { ...this.#heap.blockOf(life), byteLength };
  }
}
