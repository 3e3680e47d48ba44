import { Buffer } from 'node:buffer';
import type { Arena } from '../memory/arena.ts';
import { gridIndexOf } from '../memory/cells.ts';
import type { Block } from '../memory/heap.ts';
import { KIND } from '../memory/kinds.ts';
import { WORD_BYTES } from '../memory/layout.ts';
import type { PartyId } from '../memory/party-slots.ts';
import { LARGEST_INLINE, RING_BYTES, type RingWords } from './ring-layout.ts';
import { checkPosition, LARGE, LARGE_BYTES, RECORD_HEADER_BYTES, recordBytes, WRAP } from './ring-records.ts';

/**
 * The writing end of a ring. What has been written is seen by the reader once it is published, all of it at once; a writer
 * that dies before has written nothing.
 */
export class RingWriter {
  readonly #arena: Arena;
  readonly #ring: RingWords;
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #doubles: DataView;
  /** Who is to hold the blocks of large frames. */
  readonly #reader: () => PartyId;
  readonly #onPublished: () => void;
  /** Large frames so far. */
  #handovers = 0;
  #tail = 0;
  #published = 0;
  /** How far the reader was when we last looked. */
  #head = 0;

  /** `onPublished`: the reader may have to be woken. */
  constructor(arena: Arena, ring: RingWords, reader: () => PartyId, onPublished: () => void) {
    this.#arena = arena;
    this.#ring = ring;
    const window = arena.windowTo(ring.offset + RING_BYTES);
    this.#words = new Int32Array(window, ring.offset, RING_BYTES / WORD_BYTES);
    this.#bytes = Buffer.from(window, ring.offset, RING_BYTES);
    this.#doubles = new DataView(window, ring.offset, RING_BYTES);
    this.#reader = reader;
    this.#onPublished = onPublished;
  }

  /**
   * Writes one frame; false, and nothing is written, while there is no room. Throws a BroodError: `ERR_CHANNEL` if the reader
   * has damaged the ring, `ERR_OUT_OF_SHARED_MEMORY` for a large frame that the arena has no room for.
   */
  tryWrite(head: string, body: readonly Uint8Array[]): boolean {
    let bodyBytes = 0;
    for (const part of body) bodyBytes += part.byteLength;
    // No character takes more than three bytes.
    if (head.length * 3 + bodyBytes > LARGEST_INLINE) return this.#writeLarge(head, body, bodyBytes);
    const at = this.#reserve(recordBytes(head.length * 3 + bodyBytes));
    if (at === undefined) return false;
    const start = at + RECORD_HEADER_BYTES;
    const headBytes = this.#bytes.write(head, start);
    let end = start + headBytes;
    for (const part of body) {
      this.#bytes.set(part, end);
      end += part.byteLength;
    }
    this.#finish(at, end - start, headBytes, end - start);
    return true;
  }

  /** Makes what has been written visible to the reader. */
  publish(): void {
    if (this.#published === this.#tail) return;
    this.#published = this.#tail;
    this.#arena.words.store(this.#ring.tail, this.#tail);
    this.#onPublished();
  }

  /** Whether the reader has read on since there was no room. */
  hasNewRoom(): boolean {
    return this.#arena.words.load(this.#ring.head) !== this.#head;
  }

  /**
   * The block is named in shared memory before the reader holds it, until the record that names it is published: so the reader
   * finds it if this party dies in between. See README.md.
   */
  #writeLarge(head: string, body: readonly Uint8Array[], bodyBytes: number): boolean {
    const { handover, warm, words } = this.#arena;
    const at = this.#reserve(recordBytes(LARGE_BYTES));
    if (at === undefined) return false;
    const headBytes = Buffer.byteLength(head);
    const total = headBytes + bodyBytes;
    const { block, warmBytes } = warm.take(KIND.frame, total);
    fill(viewBlock(this.#arena, block, total), head, headBytes, body);
    const cell = gridIndexOf(block.life.cell);
    const { tag } = block.life;
    this.#handovers = (this.#handovers + 1) | 0;
    words.store(this.#ring.pendingTag, tag);
    words.store(this.#ring.pendingNumber, this.#handovers);
    words.store(this.#ring.pendingCell, cell);
    // A reader that is gone gets nothing any more; its end is on the way.
    if (handover.give(block.life, this.#reader())) {
      const word = (at + RECORD_HEADER_BYTES) / WORD_BYTES;
      this.#words[word] = cell;
      this.#words[word + 1] = tag;
      this.#words[word + 2] = headBytes;
      this.#words[word + 3] = this.#handovers;
      this.#doubles.setFloat64(at + RECORD_HEADER_BYTES + 16, total, true);
      this.#finish(at, LARGE_BYTES, 0, LARGE);
      this.publish();
    }
    words.store(this.#ring.pendingCell, 0);
    warm.keep({ block, warmBytes: Math.max(warmBytes, total) });
    return true;
  }

  /** `mark`: the first word of the record. */
  #finish(at: number, contentBytes: number, headBytes: number, mark: number): void {
    this.#words[at / WORD_BYTES] = mark;
    this.#words[at / WORD_BYTES + 1] = headBytes;
    const end = at + recordBytes(contentBytes);
    this.#tail = end === RING_BYTES ? 0 : end;
  }

  /** Where a record of at most `length` bytes may be written; it never lets `tail` catch up with `head`. */
  #reserve(length: number): number | undefined {
    const at = this.#place(length);
    if (at !== undefined) return at;
    this.#head = checkPosition(this.#arena.words.load(this.#ring.head));
    return this.#place(length);
  }

  #place(length: number): number | undefined {
    const tail = this.#tail;
    if (tail < this.#head) return tail + length < this.#head ? tail : undefined;
    if (tail + length < RING_BYTES || (tail + length === RING_BYTES && this.#head > 0)) return tail;
    if (length >= this.#head) return undefined;
    this.#words[tail / WORD_BYTES] = WRAP;
    return 0;
  }
}

/** Blocks inside the window need no ArrayBuffer of their own. */
export function viewBlock(arena: Arena, { address, offset }: Block, byteLength: number): Buffer {
  if (address === 0) return Buffer.from(arena.view(offset, byteLength));
  return Buffer.from(arena.windowTo(offset + byteLength), offset, byteLength);
}

function fill(target: Buffer, head: string, headBytes: number, body: readonly Uint8Array[]): void {
  target.write(head, 0);
  let end = headBytes;
  for (const part of body) {
    target.set(part, end);
    end += part.byteLength;
  }
}
