import type { CellLife } from '../memory/cells.ts';
import type { KeptBlocks } from '../memory/kept-blocks.ts';
import type { Address } from '../memory/shared-words.ts';
import type { Parking } from '../parking/parking.ts';
import type { MessageKind } from './link.ts';

/** Words of a direction: where receivers wait, where senders wait, first byte in use, first byte free, KiB in blocks. */
const READ_GATE = 0;
const WRITE_GATE = 1;
const HEAD = 2;
const TAIL = 3;
const LARGE_KIB = 4;
/** Guards tell objects apart by multiples of 16 words. */
export const DIRECTION_WORDS = 16;
/** One of these with its words fills half of the largest small cell, two and theirs nearly all of it. */
export const RING_BYTES = 32_368;
/** Crates that may be on their way in one direction. */
export const CRATES_PER_DIRECTION = 32;

/** Longer messages, and those that refer to shared memory, lie in a crate, which the pipe keeps; the ring says where. */
const LONGEST_INLINE = 8 * 1024;
/** So much may wait in such blocks before senders wait too. One message of any length may always. */
const MOST_LARGE_KIB = 1024;

/** A record: flags, length, then the bytes; or flags, place of the crate, length in two words. Steps of 8 bytes. */
const VALUE = 1;
const CRATE = 2;
const RECORD_HEADER = 8;
const CRATE_RECORD = 16;

/** A message on its way in. Made once, tried until there is room. */
export interface Outgoing {
  readonly kind: MessageKind;
  readonly bytes: Uint8Array;
  /** Has the bytes, and what they refer to. Held by this party. */
  readonly crate: CellLife | undefined;
}

export interface Incoming {
  readonly kind: MessageKind;
  readonly bytes: Uint8Array;
  /** Keeps what the bytes refer to. Held by this party. */
  readonly crate: CellLife | undefined;
}

interface CrateContent {
  readonly crate: CellLife;
  readonly byteLength: number;
}

interface Taken {
  readonly kind: MessageKind;
  readonly content: Uint8Array | CrateContent;
}

/**
 * One direction of a pipe. Any number of processes may put and take; each does so inside a guard, and one store, or one
 * transaction, is the moment when it has happened. Killed before that, nothing has; killed after it, all.
 */
export class PipeRing {
  readonly #parking: Parking;
  readonly #address: Address;
  readonly #start: Address;
  readonly #bytes: Uint8Array;
  readonly #kept: KeptBlocks;
  readonly #firstKept: number;

  /** The words at `address`, the bytes from word `start` on, the crates in the places from `firstKept` on. */
  constructor(parking: Parking, address: Address, start: Address, kept: KeptBlocks, firstKept: number) {
    this.#parking = parking;
    this.#address = address;
    this.#start = start;
    this.#kept = kept;
    this.#firstKept = firstKept;
    this.#bytes = new Uint8Array(parking.arena.windowTo(start * 4 + RING_BYTES), start * 4, RING_BYTES);
  }

  get readGate(): Address {
    return this.#address + READ_GATE;
  }

  get writeGate(): Address {
    return this.#address + WRITE_GATE;
  }

  isEmpty(): boolean {
    return this.#load(HEAD) === this.#load(TAIL);
  }

  /** Drops what is in the list. Throws `ERR_OUT_OF_SHARED_MEMORY` where there is no room for a crate. */
  prepare(kind: MessageKind, bytes: Uint8Array, list: readonly CellLife[]): Outgoing {
    const { crates, heap } = this.#parking.arena;
    try {
      const isInline = bytes.byteLength <= LONGEST_INLINE && list.length === 0;
      return { kind, bytes, crate: isInline ? undefined : crates.make(bytes, list) };
    } finally {
      for (const life of list) heap.drop(life);
    }
  }

  /** False: there is no room yet. Afterwards the crate is the pipe's. */
  tryPut(message: Outgoing): boolean {
    const { bytes, crate } = message;
    const isPut = this.#parking.guards.run(this.#address, (transaction) => {
      const tail = this.#load(TAIL);
      const size = crate === undefined ? RECORD_HEADER + paddedLength(bytes.byteLength) : CRATE_RECORD;
      const used = (tail - this.#load(HEAD) + RING_BYTES) % RING_BYTES;
      // One step stays free: a full ring must not look like an empty one.
      if (size + RECORD_HEADER > RING_BYTES - used) return false;
      const next = (tail + size) % RING_BYTES;
      if (crate === undefined) {
        this.#writeInline(tail, message);
        this.#parking.words.store(this.#address + TAIL, next);
        return true;
      }
      const large = this.#load(LARGE_KIB);
      const kib = toKib(bytes.byteLength);
      if (large > 0 && large + kib > MOST_LARGE_KIB) return false;
      const place = this.#kept.keep(transaction, crate, this.#firstKept, CRATES_PER_DIRECTION);
      if (place === undefined) return false;
      this.#writeCrate(tail, message, place);
      transaction.write(this.#address + LARGE_KIB, large + kib);
      transaction.write(this.#address + TAIL, next);
      return true;
    });
    if (!isPut) return false;
    if (crate !== undefined) this.#parking.arena.heap.drop(crate);
    this.#parking.wakeAll(this.readGate);
    return true;
  }

  /** Undefined: there is none. A number: the next has that many bytes, more than `maxLength`, and stays. */
  tryTake(maxLength: number): Incoming | number | undefined {
    if (this.isEmpty()) return undefined;
    const taken = this.#parking.guards.run(this.#address, (transaction): Taken | number | undefined => {
      const head = this.#load(HEAD);
      if (head === this.#load(TAIL)) return undefined;
      const [flags, second] = this.#readPair(head);
      const kind = (flags & VALUE) === 0 ? 'bytes' : 'value';
      if ((flags & CRATE) === 0) {
        if (second > maxLength) return second;
        const bytes = this.#copyOut((head + RECORD_HEADER) % RING_BYTES, second);
        const next = (head + RECORD_HEADER + paddedLength(second)) % RING_BYTES;
        this.#parking.words.store(this.#address + HEAD, next);
        return { kind, content: bytes };
      }
      const [high, low] = this.#readPair((head + RECORD_HEADER) % RING_BYTES);
      const byteLength = high * 2 ** 32 + (low >>> 0);
      if (byteLength > maxLength) return byteLength;
      const crate = this.#kept.release(transaction, second);
      transaction.write(this.#address + LARGE_KIB, this.#load(LARGE_KIB) - toKib(byteLength));
      transaction.write(this.#address + HEAD, (head + CRATE_RECORD) % RING_BYTES);
      return { kind, content: { crate, byteLength } };
    });
    if (taken === undefined || typeof taken === 'number') return taken;
    this.#parking.wakeAll(this.writeGate);
    const { kind, content } = taken;
    return content instanceof Uint8Array ? { kind, bytes: content, crate: undefined } : this.#unpack(kind, content);
  }

  /** False: there is none. */
  discardOne(): boolean {
    const taken = this.tryTake(Number.POSITIVE_INFINITY);
    if (typeof taken === 'object' && taken.crate !== undefined) this.#parking.arena.heap.drop(taken.crate);
    return taken !== undefined;
  }

  /** Copied, so that the memory goes back now and not whenever the bytes are collected. */
  #unpack(kind: MessageKind, { crate, byteLength }: CrateContent): Incoming {
    const { crates, heap } = this.#parking.arena;
    let bytes: Uint8Array;
    try {
      bytes = crates.read(crate, byteLength);
    } catch (error) {
      heap.drop(crate);
      throw error;
    }
    if (crates.listed(crate) > 0) return { kind, bytes, crate };
    heap.drop(crate);
    return { kind, bytes, crate: undefined };
  }

  #writeInline(at: number, { kind, bytes }: Outgoing): void {
    const { byteLength } = bytes;
    this.#writePair(at, kind === 'value' ? VALUE : 0, byteLength);
    const from = (at + RECORD_HEADER) % RING_BYTES;
    const first = Math.min(byteLength, RING_BYTES - from);
    if (first === byteLength) this.#bytes.set(bytes, from);
    else {
      this.#bytes.set(bytes.subarray(0, first), from);
      this.#bytes.set(bytes.subarray(first), 0);
    }
  }

  #writeCrate(at: number, { kind, bytes }: Outgoing, place: number): void {
    this.#writePair(at, CRATE | (kind === 'value' ? VALUE : 0), place);
    this.#writePair((at + RECORD_HEADER) % RING_BYTES, Math.floor(bytes.byteLength / 2 ** 32), bytes.byteLength | 0);
  }

  #copyOut(from: number, length: number): Uint8Array {
    const first = Math.min(length, RING_BYTES - from);
    if (first === length) return this.#bytes.slice(from, from + length);
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(from));
    bytes.set(this.#bytes.subarray(0, length - first), first);
    return bytes;
  }

  #writePair(at: number, first: number, second: number): void {
    this.#parking.words.store(this.#start + at / 4, first);
    this.#parking.words.store(this.#start + at / 4 + 1, second);
  }

  #readPair(at: number): [number, number] {
    const word = this.#start + at / 4;
    return [this.#parking.words.load(word), this.#parking.words.load(word + 1)];
  }

  #load(word: number): number {
    return this.#parking.words.load(this.#address + word);
  }
}

function paddedLength(byteLength: number): number {
  return (byteLength + 7) & ~7;
}

function toKib(byteLength: number): number {
  return Math.ceil(byteLength / 1024);
}
