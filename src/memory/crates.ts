import type { CellLife } from './cells.ts';
import type { Block, BlockHandle, Heap } from './heap.ts';
import { KIND } from './kinds.ts';
import { WORD_BYTES } from './layout.ts';

/** Words of a crate: how many handles it lists, then cell and tag of each. The bytes of the message follow. */
const COUNT = 0;
const HANDLES = 1;
const HANDLE_WORDS = 2;

export interface CrateParts {
  readonly heap: Heap;
  /** The part of the arena that small blocks lie in, from the arena's start. */
  readonly window: ArrayBuffer;
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

  /** Takes over the handles, whose blocks have departed. The caller holds the crate. Throws where there is no room. */
  make(bytes: Uint8Array, handles: readonly BlockHandle[]): CellLife {
    const headerBytes = headerBytesOf(handles.length);
    const block = this.#parts.heap.allocate(KIND.crate, headerBytes + bytes.byteLength);
    const header = this.#wordsOf(block, headerBytes / WORD_BYTES);
    for (const [index, { cell, tag }] of handles.entries()) {
      header[HANDLES + index * HANDLE_WORDS] = cell;
      header[HANDLES + index * HANDLE_WORDS + 1] = tag;
    }
    // Last: what is counted is there.
    Atomics.store(header, COUNT, handles.length);
    this.#bytesOf(block, headerBytes, bytes.byteLength).set(bytes);
    return block.life;
  }

  /** A copy of the message. */
  read(crate: CellLife, byteLength: number): Uint8Array {
    const block = this.#parts.heap.blockOf(crate);
    const copy = new Uint8Array(byteLength);
    copy.set(this.#bytesOf(block, headerBytesOf(this.#countOf(block)), byteLength));
    return copy;
  }

  /** Before a crate ends. Each handle is crossed out first, so that a repetition does not let go of it twice. */
  empty(block: Block): void {
    const count = this.#countOf(block);
    if (count === 0) return;
    const header = this.#wordsOf(block, headerBytesOf(count) / WORD_BYTES);
    for (let word = HANDLES; word < HANDLES + count * HANDLE_WORDS; word += HANDLE_WORDS) {
      const cell = Atomics.exchange(header, word, 0);
      if (cell !== 0) this.#parts.heap.discard({ cell, tag: header[word + 1] as number, isCounted: true });
    }
  }

  #countOf(block: Block): number {
    return this.#wordsOf(block, 1)[COUNT] as number;
  }

  #wordsOf(block: Block, count: number): Int32Array {
    const bytes = this.#bytesOf(block, 0, count * WORD_BYTES);
    return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  }

  #bytesOf({ address, offset }: Block, from: number, byteLength: number): Uint8Array {
    if (address !== 0) return new Uint8Array(this.#parts.window, offset + from, byteLength);
    return new Uint8Array(this.#parts.view(offset + from, byteLength));
  }
}

function headerBytesOf(handles: number): number {
  return (HANDLES + handles * HANDLE_WORDS) * WORD_BYTES;
}
