import type { CellLife } from './cells.ts';
import type { Transaction } from './guard.ts';
import { CELL_HEADER_BYTES, WORD_BYTES } from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** Words that every segment's cell begins with, also where the segment itself lies elsewhere: the one after it, and where its last entry ended. */
const NEXT = 0;
const END = 2;
/** For the store of the chain. */
const CAPACITY = 3;

/** How the segments of a chain hang together. */
export class SegmentLinks {
  readonly #words: SharedWords;

  constructor(words: SharedWords) {
    this.#words = words;
  }

  /** Undefined while entries are still put there. */
  after(segment: CellLife): CellLife | undefined {
    const cell = this.#words.load(controlOf(segment) + NEXT);
    return cell === 0 ? undefined : { cell, tag: this.#words.load(controlOf(segment) + NEXT + 1) };
  }

  /** Where the last entry ended; only if there is a segment after it. */
  endOf(segment: CellLife): number {
    return this.#words.load(controlOf(segment) + END);
  }

  close(transaction: Transaction, segment: CellLife, end: number, next: CellLife): void {
    transaction.write(controlOf(segment) + END, end);
    transaction.write(controlOf(segment) + NEXT + 1, next.tag);
    // Last: whoever sees it sees the others.
    transaction.write(controlOf(segment) + NEXT, next.cell);
  }
}

/** Where the capacity of a segment is written down, in bytes. */
export function capacityOf(segment: CellLife): Address {
  return controlOf(segment) + CAPACITY;
}

function controlOf({ cell }: CellLife): Address {
  return cell + CELL_HEADER_BYTES / WORD_BYTES;
}
