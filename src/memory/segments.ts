import type { CellLife } from './cells.ts';
import type { ChainStore } from './chain-store.ts';
import type { CrateParts } from './crates.ts';
import type { Transaction } from './guard.ts';
import type { Block } from './heap.ts';
import { KIND } from './kinds.ts';
import { CELL_HEADER_BYTES, SPAN_BYTES, WORD_BYTES } from './layout.ts';
import { capacityOf } from './segment-links.ts';
import type { SharedWords } from './shared-words.ts';

/** A message in a chain: its bytes, or the crate that they are in. */
export interface Item {
  readonly byteLength: number;
  /** It is the first bytes of these, which somebody is going to write to soon: see `keepItem`. Undefined: it is in a crate. */
  readonly bytes: Buffer | undefined;
  readonly block: CellLife | undefined;
}

/** The item for later: what is read next, or encoded, leaves it as it is. */
export function keepItem(item: Item): Item {
  const { bytes, byteLength } = item;
  return bytes === undefined ? item : { ...item, bytes: Buffer.from(bytes.subarray(0, byteLength)) };
}

/** An entry begins with the length of the message and 0, and its bytes; or with the length, 1, and cell and tag of its crate. */
const ENTRY_BYTES = 8;
const CRATE_ENTRY_BYTES = 16;

/** What every segment's cell begins with; see segment-links.ts. */
const CONTROL_BYTES = 16;
const LARGEST_SMALL: number = SPAN_BYTES - CELL_HEADER_BYTES - CONTROL_BYTES;
/** Segments of a chain that grows: cells of 1, 8 and 64 KiB, then large ones, which go back to the system when they are empty. */
const CAPACITIES: readonly number[] = [
  1024 - CELL_HEADER_BYTES - CONTROL_BYTES,
  8192 - CELL_HEADER_BYTES - CONTROL_BYTES,
  LARGEST_SMALL,
  1024 * 1024,
];
/** Messages up to this size are copied into the segment, and so while others wait for the guard. */
export const LARGEST_INLINE: number = LARGEST_SMALL - ENTRY_BYTES;

/** So many bytes are copied one by one: a call into V8 costs more. */
const FEW = 64;

/** Where a segment's entries are to be found. */
interface Room {
  readonly segment: CellLife;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** In bytes. */
  readonly start: number;
}

export interface SegmentParts extends CrateParts {
  readonly words: SharedWords;
}

/** Segments of the arena, for the chains of items of one block. */
export class Segments implements ChainStore<Item> {
  readonly #parts: SegmentParts;
  /** The window, at least as far as a segment of ours has been found there. */
  #bytes: Uint8Array;
  #words: Int32Array;
  /** Of the large segments at the two ends of the chain, which would cost an ArrayBuffer each time. */
  #rooms: readonly Room[] = [];

  constructor(parts: SegmentParts) {
    this.#parts = parts;
    this.#bytes = new Uint8Array(parts.windowTo(0));
    this.#words = new Int32Array(this.#bytes.buffer);
  }

  /** A segment for the item, behind one with that capacity, or 0. The caller holds it. */
  allocate(item: Item, lastCapacity: number): CellLife {
    const least = Math.max(this.sizeOf(item), Math.min(lastCapacity + 1, CAPACITIES.at(-1) as number));
    const capacity = CAPACITIES.find((candidate) => candidate >= least) as number;
    const extra = capacity > LARGEST_SMALL ? 0 : CONTROL_BYTES;
    const { life } = this.#parts.heap.allocate(KIND.segment, capacity + extra);
    this.#parts.words.store(capacityOf(life), capacity);
    return life;
  }

  sizeOf({ byteLength, block }: Item): number {
    return block === undefined ? ENTRY_BYTES + ((byteLength + 7) & ~7) : CRATE_ENTRY_BYTES;
  }

  capacity(segment: CellLife): number {
    return this.#parts.words.loadOwn(capacityOf(segment));
  }

  isLarge(segment: CellLife): boolean {
    return this.capacity(segment) > LARGEST_SMALL;
  }

  write(segment: CellLife, at: number, { byteLength, bytes, block }: Item): void {
    const room = this.#roomOf(segment);
    const place = room.start + at;
    const word = place / WORD_BYTES;
    room.words[word] = byteLength;
    room.words[word + 1] = block === undefined ? 0 : 1;
    if (block !== undefined) {
      room.words[word + 2] = block.cell;
      room.words[word + 3] = block.tag;
    } else if (bytes !== undefined) {
      const from = place + ENTRY_BYTES;
      if (byteLength > FEW) room.bytes.set(bytes.subarray(0, byteLength), from);
      else for (let i = 0; i < byteLength; i += 1) room.bytes[from + i] = bytes[i] as number;
    }
  }

  /** A copy, which the next one overwrites. */
  read(segment: CellLife, at: number): Item {
    const room = this.#roomOf(segment);
    const place = room.start + at;
    const block = blockIn(room, place);
    const byteLength = room.words[place / WORD_BYTES] as number;
    return {
      byteLength,
      block,
      bytes: block === undefined ? copyOf(room, place + ENTRY_BYTES, byteLength) : undefined,
    };
  }

  peek(segment: CellLife, at: number): { size: number; block: CellLife | undefined } {
    const room = this.#roomOf(segment);
    const place = room.start + at;
    const block = blockIn(room, place);
    const byteLength = room.words[place / WORD_BYTES] as number;
    return { size: this.sizeOf({ byteLength, block, bytes: undefined }), block };
  }

  tryHold(block: CellLife): boolean {
    return this.#parts.heap.tryHold(block);
  }

  hold(block: CellLife): void {
    this.#parts.heap.hold(block);
  }

  drop(block: CellLife): void {
    this.#parts.heap.drop(block);
  }

  setOwned(transaction: Transaction, block: CellLife, isOwned: boolean): void {
    this.#parts.heap.setOwned(transaction, block, isOwned);
  }

  #roomOf(segment: CellLife): Room {
    for (const room of this.#rooms)
      if (room.segment.cell === segment.cell && room.segment.tag === segment.tag) return room;
    const block = this.#parts.heap.blockOf(segment);
    const room = this.#openRoom(segment, block);
    this.#rooms = [room, ...this.#rooms.slice(0, 1)];
    return room;
  }

  #openRoom(segment: CellLife, { address, offset }: Block): Room {
    const capacity = this.capacity(segment);
    if (address === 0) {
      const buffer = this.#parts.view(offset, capacity);
      return { segment, bytes: new Uint8Array(buffer), words: new Int32Array(buffer), start: 0 };
    }
    const start = offset + CONTROL_BYTES;
    if (start + capacity > this.#bytes.length) {
      this.#bytes = new Uint8Array(this.#parts.windowTo(start + capacity));
      this.#words = new Int32Array(this.#bytes.buffer);
    }
    return { segment, bytes: this.#bytes, words: this.#words, start };
  }
}

/** Grows to the longest message that was read. */
let copy = Buffer.allocUnsafeSlow(1024);

function copyOf({ bytes }: Room, from: number, byteLength: number): Buffer {
  if (byteLength > copy.length) copy = Buffer.allocUnsafeSlow(LARGEST_INLINE);
  if (byteLength > FEW) copy.set(bytes.subarray(from, from + byteLength));
  else for (let i = 0; i < byteLength; i += 1) copy[i] = bytes[from + i] as number;
  return copy;
}

function blockIn({ words }: Room, place: number): CellLife | undefined {
  const word = place / WORD_BYTES;
  return words[word + 1] === 0 ? undefined : { cell: words[word + 2] as number, tag: words[word + 3] as number };
}
