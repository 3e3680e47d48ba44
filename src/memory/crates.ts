import { type CellLife, gridIndexOf } from './cells.ts';
import type { Block, Heap } from './heap.ts';
import { KIND } from './kinds.ts';
import { CELL_HEADER_BYTES, WORD_BYTES } from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/**
 * What every crate's cell begins with, also where the crate itself lies elsewhere: how many blocks its message refers to that
 * have departed in it.
 */
const COUNT = 0;
const CONTROL_BYTES = 16;
/** In the crate: cell and tag of each, then the bytes of the message. */
const HANDLE_WORDS = 2;
const NONE = new Int32Array(0);

export interface CrateParts {
  readonly heap: Heap;
  readonly words: SharedWords;
  /** The arena from its start on, as far as `end` in bytes, for blocks in cells. */
  windowTo(end: number): ArrayBuffer;
  view(offset: number, byteLength: number): ArrayBuffer;
}

/**
 * Messages in blocks of their own. A crate keeps what its message refers to: the blocks it lists stay alive until it
 * ends, whoever made it and whoever reads it.
 */
export class Crates {
  readonly #parts: CrateParts;

  constructor(parts: CrateParts) {
    this.#parts = parts;
  }

  /** Of a message that refers to those blocks, which the caller holds until then. It holds the crate. Throws where there is no room. */
  make(bytes: Uint8Array, list: readonly CellLife[]): CellLife {
    const { heap } = this.#parts;
    const listBytes = list.length * HANDLE_WORDS * WORD_BYTES;
    // The control is part of the block where that lies in the cell itself.
    const block = heap.allocate(KIND.crate, CONTROL_BYTES + listBytes + bytes.byteLength);
    const handles = this.#handlesOf(block, list.length);
    for (const [index, { cell, tag }] of list.entries()) handles.set([cell, tag], index * HANDLE_WORDS);
    const countAt = countOf(block.life);
    for (const [index, life] of list.entries())
      heap.depart(life, (transaction) => transaction.write(countAt, index + 1));
    this.#bytesOf(block, listBytes, bytes.byteLength).set(bytes);
    return block.life;
  }

  /** A copy of the message. */
  read(crate: CellLife, byteLength: number): Uint8Array {
    const { heap, words } = this.#parts;
    const listBytes = words.load(countOf(crate)) * HANDLE_WORDS * WORD_BYTES;
    const copy = new Uint8Array(byteLength);
    copy.set(this.#bytesOf(heap.blockOf(crate), listBytes, byteLength));
    return copy;
  }

  /** How many blocks the message refers to. */
  listed(crate: CellLife): number {
    return this.#parts.words.load(countOf(crate));
  }

  /** Before a crate ends. Each block is let go of once, however often this is begun. */
  empty(block: Block): void {
    const { heap, words } = this.#parts;
    const countAt = countOf(block.life);
    const handles = this.#handlesOf(block, words.load(countAt));
    for (let left = words.load(countAt); left > 0; left -= 1) {
      const at = (left - 1) * HANDLE_WORDS;
      const life = { cell: handles[at] as number, tag: handles[at + 1] as number };
      heap.discard({ cell: gridIndexOf(life.cell), tag: life.tag, isCounted: true }, (transaction) =>
        transaction.write(countAt, left - 1),
      );
    }
  }

  #handlesOf(block: Block, count: number): Int32Array {
    if (count === 0) return NONE;
    const bytes = this.#bytesOf(block, 0, count * HANDLE_WORDS * WORD_BYTES);
    return new Int32Array(bytes.buffer, bytes.byteOffset, count * HANDLE_WORDS);
  }

  #bytesOf({ address, offset }: Block, from: number, byteLength: number): Uint8Array {
    const start = offset + CONTROL_BYTES + from;
    if (address === 0) return new Uint8Array(this.#parts.view(start, byteLength));
    return new Uint8Array(this.#parts.windowTo(start + byteLength), start, byteLength);
  }
}

function countOf({ cell }: CellLife): Address {
  return cell + CELL_HEADER_BYTES / WORD_BYTES + COUNT;
}
