import { BroodError } from '../errors/brood-error.ts';
import { StateError } from '../errors/state-error.ts';
import { type CellLife, type Cells, cellAtGrid, gridIndexOf, isCarried } from './cells.ts';
import type { Guards, Transaction } from './guard.ts';
import type { Holds } from './holds.ts';
import { OWNABLE_KINDS } from './kinds.ts';
import type { LargeSlots } from './large-slots.ts';
import { CELL_GRID_BYTES, CELL_HEADER_BYTES, WORD_BYTES } from './layout.ts';
import type { PartyId, PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';
import type { SmallCells } from './small-cells.ts';
import { cellBytesOf, type Spans, sizeClassFor, spanOf } from './spans.ts';

/** One allocation that this party holds. */
export interface Block {
  readonly life: CellLife;
  /** First word of the payload, which is zero at first; only for blocks inside the window. */
  readonly address: Address;
  /** The payload in bytes from the arena's start. Aligned to 16. */
  readonly offset: number;
}

/** What crosses to another process for a block. Plain numbers. */
export interface BlockHandle {
  readonly cell: number;
  readonly tag: number;
  /** The message counts as one more holder, until it is admitted. */
  readonly isCounted: boolean;
}

export interface HeapParts {
  readonly words: SharedWords;
  readonly parties: PartySlots;
  readonly cells: Cells;
  readonly holds: Holds;
  readonly spans: Spans;
  readonly small: SmallCells;
  readonly large: LargeSlots;
  readonly self: PartyId;
  readonly guards: Guards;
  /** By kind, what goes before a block of that kind ends: it lets go of what the block keeps. Must be safe to repeat. */
  readonly enders: Readonly<Record<number, (block: Block) => void>>;
  punchHole(offset: number, byteLength: number): void;
}

/**
 * Allocates, counts who holds what, and frees what nobody holds.
 *
 * Guarantees: a block lives while a listed party holds it, another block owns it or a message carries it, and ends when
 * nothing of that is so; killing a party at any instruction neither ends a block that another holds nor keeps one that
 * nobody holds, with one exception: a message that nobody lists in a crate, as over sockets, leaves what it carries to whoever
 * disposes of messages (`discard`), if it is never read.
 */
export class Heap {
  readonly #parts: HeapParts;
  /** How many objects of this process hold a block, where it is more than one. */
  readonly #shares = new Map<Address, number>();

  constructor(parts: HeapParts) {
    this.#parts = parts;
  }

  /** Throws a BroodError with code `ERR_OUT_OF_SHARED_MEMORY` where there is no room. */
  allocate(kind: number, byteLength: number): Block {
    const { words, cells, small, large, holds, self } = this.#parts;
    const sizeClass = sizeClassFor(CELL_HEADER_BYTES + byteLength);
    const cell = small.take(sizeClass ?? 0);
    if (cell === undefined) throw outOfMemory(byteLength);
    holds.set(self, cell);
    const cellBytes = cellBytesOf(sizeClass ?? 0);
    // Before it becomes what its kind says: if this party is killed from then on, others end it as such.
    words.clear(cell + CELL_HEADER_BYTES / WORD_BYTES, (cellBytes - CELL_HEADER_BYTES) / WORD_BYTES);
    cells.beginLife(cell, self, kind);
    if (sizeClass === undefined && !large.claim(byteLength, cell)) {
      this.#end(cell);
      holds.clear(self, cell);
      throw outOfMemory(byteLength);
    }
    return this.blockOf(cells.completeLife(cell));
  }

  /** One more object of this process holds the block. */
  share(life: CellLife): void {
    this.#shares.set(life.cell, (this.#shares.get(life.cell) ?? 1) + 1);
  }

  /** More than one object of this process holds it. */
  isShared(life: CellLife): boolean {
    return this.#shares.has(life.cell);
  }

  /** An object of this process is done with the block. */
  drop(life: CellLife): void {
    const shares = this.#shares.get(life.cell);
    if (shares !== undefined) {
      if (shares > 2) this.#shares.set(life.cell, shares - 1);
      else this.#shares.delete(life.cell);
      return;
    }
    const { holds, self } = this.#parts;
    this.#lettingGo(life.cell, () => {
      holds.clear(self, life.cell);
      this.#endIfUnheld(life);
    });
  }

  /** Takes a hold on a block that another block owns, in the guard of that one; until `drop`. */
  hold(life: CellLife): void {
    this.#parts.holds.set(this.#parts.self, life.cell);
  }

  /** As `hold`, for a block that may have ended: false if it has. */
  tryHold(life: CellLife): boolean {
    const { cells, holds, self } = this.#parts;
    if (!cells.isLive(life)) return false;
    if (holds.has(self, life.cell)) {
      this.share(life);
      return true;
    }
    holds.set(self, life.cell);
    if (cells.isLive(life)) return true;
    holds.clear(self, life.cell);
    return false;
  }

  /**
   * Another block keeps this one from now on, or no longer. Only for a party that holds it until after the transaction:
   * until then it may be undone, also by others.
   */
  setOwned(transaction: Transaction, life: CellLife, isOwned: boolean): void {
    this.#parts.cells.setOwned(transaction, life.cell, isOwned);
  }

  /**
   * For a message that is about to carry the block: keeps it alive until `admit` or `discard`, exactly one of them, once.
   * What `note` writes happens together with that.
   */
  depart(life: CellLife, note?: (transaction: Transaction) => void): BlockHandle {
    this.#parts.guards.run(life.cell, (transaction) => {
      this.#parts.cells.depart(transaction, life.cell);
      note?.(transaction);
    });
    return { ...this.lend(life), isCounted: true };
  }

  /** For a message whose sender goes on holding the block until it has been read. */
  lend(life: CellLife): BlockHandle {
    return { cell: gridIndexOf(life.cell), tag: life.tag, isCounted: false };
  }

  /** Takes the block of a message. StateError if the handle is stale, or names something else. */
  admit(kind: number, handle: BlockHandle): Block {
    const { cells, spans, guards } = this.#parts;
    const life: CellLife = { cell: cellAtGrid(handle.cell), tag: handle.tag };
    const isPlace = Number.isInteger(handle.cell) && handle.cell > 0 && spans.isCell(life.cell);
    if (!isPlace || cells.kind(life.cell) !== kind || !this.tryHold(life)) throw staleHandle();
    if (handle.isCounted) guards.run(life.cell, (transaction) => cells.arrive(transaction, life.cell));
    return this.blockOf(life);
  }

  /** For whoever disposes of a message that nobody will read. What `note` writes happens together with that. */
  discard(handle: BlockHandle, note?: (transaction: Transaction) => void): void {
    const { cells, spans, guards } = this.#parts;
    const life: CellLife = { cell: cellAtGrid(handle.cell), tag: handle.tag };
    if (!spans.isCell(life.cell) || !cells.isLive(life)) return;
    this.#lettingGo(life.cell, () => {
      guards.run(life.cell, (transaction) => {
        cells.arrive(transaction, life.cell);
        note?.(transaction);
      });
      this.#endIfUnheld(life);
    });
  }

  isLive(life: CellLife): boolean {
    return this.#parts.cells.isLive(life);
  }

  /** True while somebody alive holds it, or a message carries it. Asks the system, so that a death nobody has noticed counts. */
  isHeld(life: CellLife): boolean {
    const { cells, parties, holds, self } = this.#parts;
    for (;;) {
      if (!cells.isLive(life)) return false;
      // As in #endIfUnheld: it may depart while we look from party to party.
      const transit = this.#transit(life.cell);
      if (isCarried(transit)) return true;
      const isHolder = (party: PartyId): boolean =>
        holds.has(party, life.cell) && (party === self || parties.isAlive(party, true));
      if (parties.listed().some(isHolder)) return true;
      if (cells.transit(life.cell) === transit) return false;
    }
  }

  /** Gives back what dead parties held. Cheap where nobody has died. */
  sweep(): void {
    const { parties, self, small } = this.#parts;
    for (let index = 0, high = parties.high; index < high; index += 1) {
      const dead = parties.deadAt(index);
      if (dead === undefined || !parties.beginSweep(dead, self)) continue;
      this.#sweepParty(dead);
      parties.endSweep(dead);
      small.noteDeath();
    }
  }

  #sweepParty(dead: PartyId): void {
    const { parties, holds, cells, guards } = this.#parts;
    const settle = (cell: Address): void =>
      this.#lettingGo(cell, () => {
        const life = cells.lifeAt(cell);
        if (cells.isChangedBy(cell, dead)) this.#end(cell);
        else if (life !== undefined) this.#endIfUnheld(life);
      });
    // What it said about ownership without finishing it was not so.
    guards.recover();
    for (const cell of holds.of(dead)) {
      settle(cell);
      holds.clear(dead, cell);
    }
    const dropping = parties.dropping(dead);
    if (dropping !== 0) settle(cellAtGrid(dropping));
  }

  /** Writes down what this party lets go of, so that others can finish it. Letting go of one may let go of others. */
  #lettingGo(cell: Address, act: () => void): void {
    const { parties, self } = this.#parts;
    const outer = parties.dropping(self);
    parties.setDropping(self, gridIndexOf(cell));
    act();
    parties.setDropping(self, outer);
  }

  #endIfUnheld(life: CellLife): void {
    const { cells, holds, guards, self } = this.#parts;
    // Before the holds: whoever takes a block from its owner holds it first.
    if (cells.isOwned(life.cell)) return;
    // A block can change hands while we look from party to party, but not without departing.
    const transit = this.#transit(life.cell);
    if (isCarried(transit) || holds.isHeld(life.cell) || cells.transit(life.cell) !== transit) return;
    if (OWNABLE_KINDS.has(cells.kind(life.cell))) {
      // One who was taking it may have died, and not count as a holder any more: then its owner has it still.
      guards.recover();
      if (cells.isOwned(life.cell)) return;
    }
    if (cells.beginEnd(life, self)) this.#end(life.cell);
  }

  /** What is seen of it outside the guard may yet be undone, once there has been anything to be seen. */
  #transit(cell: Address): number {
    const { cells, guards } = this.#parts;
    return cells.transit(cell) === 0 ? 0 : guards.run(cell, () => cells.transit(cell));
  }

  /** Finishes a cell that this party, or the dead one it sweeps, is changing. Safe to repeat. */
  #end(cell: Address): void {
    const { cells, large, spans, small, enders, holds, self, punchHole } = this.#parts;
    const ender = enders[cells.kind(cell)];
    if (ender !== undefined) {
      // It lets go of others, which is written down where this one is: so that this is found too, it is held meanwhile.
      holds.set(self, cell);
      ender(this.blockOf({ cell, tag: 0 }));
      holds.clear(self, cell);
    }
    const slot = large.slotOf(cell);
    if (slot !== undefined) {
      const { offset, byteLength } = large.rangeOf(slot);
      punchHole(offset, byteLength);
      large.release(slot);
    }
    cells.completeEnd(cell);
    small.putBack(cell, Math.log2(spans.cellBytes(spanOf(cell)) / CELL_GRID_BYTES));
  }

  /** Where a live block lies. */
  blockOf(life: CellLife): Block {
    const { cells, large } = this.#parts;
    const slot = cells.largeSlot(life.cell);
    if (slot !== undefined) return { life, address: 0, offset: large.rangeOf(slot).offset };
    const address = life.cell + CELL_HEADER_BYTES / WORD_BYTES;
    return { life, address, offset: address * WORD_BYTES };
  }
}

function staleHandle(): StateError {
  return new StateError(
    'Cannot use the shared object: it was freed; keep a reference to it in some process for as long as others may get it',
  );
}

function outOfMemory(byteLength: number): BroodError {
  return new BroodError(
    'ERR_OUT_OF_SHARED_MEMORY',
    `Cannot allocate ${byteLength} bytes of shared memory: the arena is full; drop what is no longer used`,
  );
}
