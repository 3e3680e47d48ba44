import { BroodError } from '../errors/brood-error.ts';
import { startTimer } from '../util/timer.ts';
import { type CellLife, isCarried } from './cells.ts';
import type { Block, Heap, HeapParts } from './heap.ts';
import { CELL_HEADER_BYTES, LARGEST_SMALL_BYTES, WORD_BYTES } from './layout.ts';
import { cellBytesOf } from './spans.ts';

/** How long blocks are kept that nobody takes, in milliseconds. */
const KEPT = 1000;
/** How many bytes are kept, at most, and how many blocks. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_BLOCKS = 16;
/** A block with room for more than so many times what is needed is left for those that need it. */
const TOO_ROOMY = 4;

/** A block, and how many bytes of it, from its start, have memory already. They hold what was there before. */
export interface WarmBlock {
  readonly block: Block;
  readonly warmBytes: number;
}

/**
 * Blocks that were used and will be again. Memory that is there takes a copy in a tenth of the time that new memory takes, which the
 * system has to find and to clear. What is kept is this party's own: it goes when nobody has taken it for a second, and with its death.
 *
 * A block is taken again only when nobody else uses it, and then by a new name: who comes late with the old one finds nothing.
 */
export class WarmBlocks {
  readonly #parts: HeapParts;
  readonly #heap: Heap;
  /** The one that was used longest ago first. */
  readonly #kept: WarmBlock[] = [];
  #keptBytes = 0;
  #lastUse = 0;
  #expiry: { cancel(): void } | undefined;

  constructor(parts: HeapParts, heap: Heap) {
    this.#parts = parts;
    this.#heap = heap;
  }

  /** A block that nobody else knows. To be given to `keep` afterwards. Throws `ERR_OUT_OF_SHARED_MEMORY` where there is no room. */
  take(kind: number, byteLength: number): WarmBlock {
    return this.#takeKept(kind, byteLength) ?? this.#allocate(kind, byteLength);
  }

  /** Whoever holds it besides goes on holding it; this party is done with it. */
  keep(warm: WarmBlock): void {
    if (warm.block.address !== 0) {
      this.#heap.drop(warm.block.life);
      return;
    }
    this.#kept.push(warm);
    this.#keptBytes += warm.warmBytes;
    while (this.#keptBytes > MOST_BYTES || this.#kept.length > MOST_BLOCKS) this.#forget(0);
    this.#lastUse = performance.now();
    this.#expiry ??= startTimer(KEPT, () => this.#expire());
  }

  /** Keeps nothing any more. */
  drop(): void {
    while (this.#kept.length > 0) this.#forget(0);
    this.#expiry?.cancel();
    this.#expiry = undefined;
  }

  #allocate(kind: number, byteLength: number): WarmBlock {
    try {
      return { block: this.#heap.allocate(kind, byteLength), warmBytes: 0 };
    } catch (error) {
      if (!(error instanceof BroodError) || this.#kept.length === 0) throw error;
      this.drop();
      return { block: this.#heap.allocate(kind, byteLength), warmBytes: 0 };
    }
  }

  /** Of those with room enough the one that has most memory. */
  #takeKept(kind: number, byteLength: number): WarmBlock | undefined {
    if (byteLength <= LARGEST_SMALL_BYTES) return undefined;
    let found: number | undefined;
    for (const [index, { block, warmBytes }] of this.#kept.entries()) {
      const room = this.#roomOf(block);
      if (room < byteLength || room > TOO_ROOMY * byteLength) continue;
      if (found !== undefined && warmBytes <= (this.#kept[found] as WarmBlock).warmBytes) continue;
      if (this.#isUnused(block.life)) found = index;
    }
    if (found === undefined) return undefined;
    const { block, warmBytes } = this.#kept[found] as WarmBlock;
    const renewed = this.#renew(kind, block);
    if (renewed === undefined) return undefined;
    this.#kept.splice(found, 1);
    this.#keptBytes -= warmBytes;
    return { block: renewed, warmBytes };
  }

  #roomOf({ life }: Block): number {
    const { large } = this.#parts;
    const slot = large.slotOf(life.cell);
    return slot === undefined ? 0 : large.rangeOf(slot).byteLength;
  }

  /** No other party holds it, no message carries it, no other object of this process has it. */
  #isUnused(life: CellLife): boolean {
    const { cells, guards } = this.#parts;
    if (this.#heap.isShared(life)) return false;
    // As when a block ends: it can change hands while we look from party to party, but not without departing.
    const transit = cells.transit(life.cell) === 0 ? 0 : guards.run(life.cell, () => cells.transit(life.cell));
    return !isCarried(transit) && !this.#hasOtherHolder(life) && cells.transit(life.cell) === transit;
  }

  #hasOtherHolder({ cell }: CellLife): boolean {
    const { holds, parties, self } = this.#parts;
    for (let index = 0, high = parties.high; index < high; index += 1) {
      const party = parties.at(index);
      if (party !== undefined && party !== self && holds.has(party, cell)) return true;
    }
    return false;
  }

  /**
   * Another cell gets the memory, and the one that had it ends. While it ends nobody can take hold of it; who did so just before, by
   * a name that had lost its meaning, keeps it. Killed at any step, this party leaves two cells that it holds, of which one has the memory.
   */
  #renew(kind: number, { life }: Block): Block | undefined {
    const { words, cells, small, large, holds, self } = this.#parts;
    const slot = large.slotOf(life.cell);
    if (slot === undefined || !cells.beginEnd(life, self)) return undefined;
    const cell = this.#hasOtherHolder(life) ? undefined : small.take(0);
    if (cell === undefined) {
      cells.completeLife(life.cell);
      return undefined;
    }
    holds.set(self, cell);
    words.clear(cell + CELL_HEADER_BYTES / WORD_BYTES, (cellBytesOf(0) - CELL_HEADER_BYTES) / WORD_BYTES);
    cells.beginLife(cell, self, kind);
    large.pass(slot, life.cell, cell);
    const renewed = cells.completeLife(cell);
    cells.completeEnd(life.cell);
    holds.clear(self, life.cell);
    small.putBack(life.cell, 0);
    return this.#heap.blockOf(renewed);
  }

  #forget(index: number): void {
    const [warm] = this.#kept.splice(index, 1);
    if (warm === undefined) return;
    this.#keptBytes -= warm.warmBytes;
    this.#heap.drop(warm.block.life);
  }

  /** One timer for however many uses: it looks when the last one was. */
  #expire(): void {
    this.#expiry = undefined;
    const left = KEPT - (performance.now() - this.#lastUse);
    if (left > 0) this.#expiry = startTimer(left, () => this.#expire());
    else this.drop();
  }
}
