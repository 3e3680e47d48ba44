import { Buffer } from 'node:buffer';
import type { Arena } from '../memory/arena.ts';
import { cellAtGrid } from '../memory/cells.ts';
import type { GivenBlock } from '../memory/handover.ts';
import { KIND } from '../memory/kinds.ts';
import { WORD_BYTES } from '../memory/layout.ts';
import { noteLent } from '../memory/lent-memory.ts';
import type { Frame } from './frame.ts';
import { RING_BYTES, type RingWords } from './ring-layout.ts';
import { checkPosition, damaged, LARGE, LARGE_BYTES, RECORD_HEADER_BYTES, recordBytes, WRAP } from './ring-records.ts';
import { viewBlock } from './ring-writer.ts';

const NOTHING = Buffer.alloc(0);

/** A frame as it came out of a ring. */
export interface RingFrame extends Frame {
  /** For a body that still lies in shared memory: gives it back. Exactly once, also for a frame that nobody gets. */
  readonly release?: () => void;
}

/** The reading end of a ring. It trusts nothing in it: whatever another process writes there, reading ends, in bounds. */
export class RingReader {
  readonly #arena: Arena;
  readonly #ring: RingWords;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #doubles: DataView;
  /** Bodies of at least so many bytes stay in shared memory until they are released. */
  readonly #lendFrom: number;
  #head = 0;
  /** Number of the last block that was taken, so that one in the middle of being handed over is told from it. */
  #lastTaken = 0;

  constructor(arena: Arena, ring: RingWords, lendFrom: number = Number.POSITIVE_INFINITY) {
    this.#arena = arena;
    this.#ring = ring;
    const window = arena.windowTo(ring.offset + RING_BYTES);
    this.#words = new Int32Array(window, ring.offset, RING_BYTES / WORD_BYTES);
    this.#bytes = Buffer.from(window, ring.offset, RING_BYTES);
    this.#doubles = new DataView(window, ring.offset, RING_BYTES);
    this.#lendFrom = lendFrom;
  }

  hasNews(): boolean {
    return this.#arena.words.load(this.#ring.tail) !== this.#head;
  }

  /**
   * All frames that are published now, out of the ring; `error`, a BroodError (`ERR_CHANNEL`), if what followed is none: then
   * nothing can be read any more.
   */
  read(): { readonly frames: RingFrame[]; readonly error?: Error } {
    const frames: RingFrame[] = [];
    try {
      const tail = checkPosition(this.#arena.words.load(this.#ring.tail));
      if (tail === this.#head) return { frames };
      while (this.#head !== tail) {
        const frame = this.#next(tail);
        if (frame) frames.push(frame);
      }
      this.#arena.words.store(this.#ring.head, this.#head);
      return { frames };
    } catch (error) {
      return { frames, error: error as Error };
    }
  }

  /** After the writer's death, when all is read: gives back what it was about to hand over. */
  settlePending(): void {
    const { handover, heap, words } = this.#arena;
    const cell = words.load(this.#ring.pendingCell);
    if (cell === 0 || words.load(this.#ring.pendingNumber) === this.#lastTaken) return;
    const block = handover.taken(KIND.frame, { cell, tag: words.load(this.#ring.pendingTag) });
    if (block) heap.drop(block.life);
  }

  #next(tail: number): RingFrame | undefined {
    const at = this.#head;
    const limit = tail > at ? tail : RING_BYTES;
    const mark = this.#words[at / WORD_BYTES] as number;
    const headBytes = this.#words[at / WORD_BYTES + 1] as number;
    if (mark === WRAP && tail < at) {
      this.#head = 0;
      return undefined;
    }
    const contentBytes = mark === LARGE ? LARGE_BYTES : mark;
    const end = at + recordBytes(contentBytes);
    if (contentBytes < 0 || end > limit) throw damaged(`a record of ${contentBytes} bytes is announced`);
    const start = at + RECORD_HEADER_BYTES;
    const frame = mark === LARGE ? this.#takeLarge(start) : this.#copy(start, headBytes, contentBytes);
    this.#head = end === RING_BYTES ? 0 : end;
    return frame;
  }

  #copy(start: number, headBytes: number, contentBytes: number): RingFrame {
    if (headBytes < 0 || headBytes > contentBytes) throw damaged(`a head of ${headBytes} bytes is announced`);
    const bodyStart = start + headBytes;
    const head = parseHead(this.#bytes, start, bodyStart);
    if (headBytes === contentBytes) return { head, body: NOTHING };
    return { head, body: Buffer.from(this.#bytes.subarray(bodyStart, start + contentBytes)) };
  }

  #takeLarge(start: number): RingFrame {
    const word = start / WORD_BYTES;
    const cell = this.#words[word] as number;
    const tag = this.#words[word + 1] as number;
    const headBytes = this.#words[word + 2] as number;
    const total = this.#doubles.getFloat64(start + 16, true);
    const { handover, heap } = this.#arena;
    const block = cellAtGrid(cell) > 0 ? handover.taken(KIND.frame, { cell, tag }) : undefined;
    if (!block) throw damaged('a large message is announced that is not there');
    this.#lastTaken = this.#words[word + 3] as number;
    try {
      return this.#open(block, headBytes, total);
    } catch (error) {
      heap.drop(block.life);
      throw error;
    }
  }

  #open(block: GivenBlock, headBytes: number, total: number): RingFrame {
    const isPossible = Number.isSafeInteger(total) && headBytes >= 0 && headBytes <= total && total <= block.byteLength;
    if (!isPossible) throw damaged(`a message of ${total} bytes is announced`);
    const { heap } = this.#arena;
    const bytes = viewBlock(this.#arena, block, total);
    const head = parseHead(bytes, 0, headBytes);
    const body = bytes.subarray(headBytes);
    // What lies in the window shares an ArrayBuffer with all of it.
    if (block.address === 0 && total >= this.#lendFrom) {
      noteLent(bytes.buffer);
      return { head, body, release: () => heap.drop(block.life) };
    }
    const copy = Buffer.from(body);
    heap.drop(block.life);
    return { head, body: copy };
  }
}

function parseHead(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch (error) {
    throw damaged('the head of a message is damaged', { cause: error });
  }
}
