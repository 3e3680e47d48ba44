import { isDeepStrictEqual } from 'node:util';
import { StateError } from '../errors/state-error.ts';
import { loadItem, type StoredItem, storeItem } from './list-items.ts';
import { SharedMemory } from './shared-memory.ts';

const MAGIC = 0x6c697374; // "list"
/** Magic and length; then per item its type, its size, its room and where it begins. */
const HEADER_WORDS = 2;
const ENTRY_WORDS = 4;
/** Every slot has room for a number at least, and grows in such steps. */
const ROOM_STEP = 8;

/**
 * A list of fixed length in named shared memory. Every item may be replaced by another that fits where the first one
 * was: numbers fit everywhere, strings and bytes in the room the first one had, rounded up to 8 bytes.
 */
export class ShareableList<T = unknown> {
  readonly shm: SharedMemory;
  readonly #words: Int32Array;

  /** A new list of these items; or, without items, the one of that name. */
  constructor(items?: Iterable<T>, options: { name?: string } = {}) {
    if (items === undefined) {
      if (options.name === undefined)
        throw new TypeError('Cannot create a ShareableList without items; give some, or the name of a list');
      this.shm = new SharedMemory({ name: options.name });
      this.#words = wordsOf(this.shm);
      if (this.shm.size >= 8 && this.#words[0] === MAGIC) return;
      this.shm.close();
      throw new StateError(`Cannot attach to "${options.name}": it holds no ShareableList; attach with SharedMemory`);
    }
    const stored = Array.from(items, (item) => storeItem(item));
    const rooms = stored.map(({ bytes }) => Math.max(1, Math.ceil(bytes.byteLength / ROOM_STEP)) * ROOM_STEP);
    const tableBytes = Math.ceil(((HEADER_WORDS + stored.length * ENTRY_WORDS) * 4) / 8) * 8;
    const size = rooms.reduce((sum, room) => sum + room, tableBytes);
    this.shm = new SharedMemory({ create: true, size, ...(options.name !== undefined && { name: options.name }) });
    this.#words = wordsOf(this.shm);
    let start = tableBytes;
    for (const [index, item] of stored.entries()) {
      const entry = entryOf(index);
      const room = rooms[index] ?? 0;
      this.#words[entry + 2] = room;
      this.#words[entry + 3] = start;
      this.#write(index, item);
      start += room;
    }
    this.#words[1] = stored.length;
    Atomics.store(this.#words, 0, MAGIC);
  }

  get length(): number {
    return this.#entries()[1] ?? 0;
  }

  /** A copy of the item; negative indexes count from the end. RangeError outside the list. */
  at(index: number): T {
    const entry = entryOf(this.#check(index));
    const words = this.#entries();
    const start = words[entry + 3] ?? 0;
    return loadItem(words[entry] ?? 0, this.shm.buf.subarray(start, start + (words[entry + 1] ?? 0))) as T;
  }

  /** RangeError outside the list, or if the value needs more room than its slot has. */
  set(index: number, value: T): void {
    const place = this.#check(index);
    const item = storeItem(value);
    const room = this.#entries()[entryOf(place) + 2] ?? 0;
    if (item.bytes.byteLength > room) {
      throw new RangeError(
        `Cannot store ${item.bytes.byteLength} bytes at ${index}: the slot has room for ${room}; create the list with a longer item there`,
      );
    }
    this.#write(place, item);
  }

  count(value: T): number {
    let count = 0;
    for (const item of this) if (isDeepStrictEqual(item, value)) count += 1;
    return count;
  }

  /** -1 if it is not there. */
  indexOf(value: T): number {
    let index = 0;
    for (const item of this) {
      if (isDeepStrictEqual(item, value)) return index;
      index += 1;
    }
    return -1;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  #write(index: number, { type, bytes }: StoredItem): void {
    const entry = entryOf(index);
    this.shm.buf.set(bytes, this.#words[entry + 3] ?? 0);
    this.#words[entry + 1] = bytes.byteLength;
    this.#words[entry] = type;
  }

  #check(index: number): number {
    const place = index < 0 ? index + this.length : index;
    if (!Number.isInteger(place) || place < 0 || place >= this.length) {
      throw new RangeError(`Cannot reach item ${index}: the list has ${this.length}; its length is fixed`);
    }
    return place;
  }

  /** Through the memory's own check that it is not closed. */
  #entries(): Int32Array {
    void this.shm.buf;
    return this.#words;
  }
}

function wordsOf(shm: SharedMemory): Int32Array {
  return new Int32Array(shm.buf.buffer, 0, Math.floor(shm.size / 4));
}

function entryOf(index: number): number {
  return HEADER_WORDS + index * ENTRY_WORDS;
}
