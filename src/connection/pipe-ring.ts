import type { BlockHandle } from '../memory/heap.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
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
/** Two of these and their words fill the largest small cell. */
export const RING_BYTES = 32_624;

/** Longer messages lie in a block of their own; the ring then holds its handle. */
const LONGEST_INLINE = 8 * 1024;
/** So much may wait in such blocks before senders wait too. One message of any length may always. */
const MOST_LARGE_KIB = 1024;

/** A record: flags, length, then the bytes, or flags, cell, tag, length in two words, and one of padding. Steps of 8 bytes. */
const VALUE = 1;
const LARGE = 2;
const RECORD_HEADER = 8;
const LARGE_RECORD = 24;

/** A message on its way in. Made once, tried until there is room. */
export interface Outgoing {
  readonly kind: MessageKind;
  readonly bytes: Uint8Array;
  /** Holds the bytes of a long one. */
  readonly block: SharedBlock | undefined;
}

export interface Incoming {
  readonly kind: MessageKind;
  readonly bytes: Uint8Array;
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

  /** The words at `address`, the bytes from word `start` on. */
  constructor(parking: Parking, address: Address, start: Address) {
    this.#parking = parking;
    this.#address = address;
    this.#start = start;
    this.#bytes = new Uint8Array(parking.arena.window, start * 4, RING_BYTES);
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

  /** Throws `ERR_OUT_OF_SHARED_MEMORY` where there is no room for a long one. */
  static prepare(kind: MessageKind, bytes: Uint8Array): Outgoing {
    if (bytes.byteLength <= LONGEST_INLINE) return { kind, bytes, block: undefined };
    const block = SharedBlock.allocate(KIND.pipeMessage, bytes.byteLength, 'a pipe');
    new Uint8Array(block.arena.view(block.offset, bytes.byteLength)).set(bytes);
    return { kind, bytes, block };
  }

  /** False: there is no room yet. Afterwards the block is the pipe's. */
  tryPut(message: Outgoing): boolean {
    const { block } = message;
    const isPut = this.#parking.guards.run(this.#address, (transaction) => {
      const tail = this.#load(TAIL);
      const size = block === undefined ? RECORD_HEADER + paddedLength(message.bytes.byteLength) : LARGE_RECORD;
      const used = (tail - this.#load(HEAD) + RING_BYTES) % RING_BYTES;
      // One step stays free: a full ring must not look like an empty one.
      if (size + RECORD_HEADER > RING_BYTES - used) return false;
      const next = (tail + size) % RING_BYTES;
      if (block === undefined) {
        this.#writeInline(tail, message);
        this.#parking.words.store(this.#address + TAIL, next);
        return true;
      }
      const large = this.#load(LARGE_KIB);
      const kib = toKib(message.bytes.byteLength);
      if (large > 0 && large + kib > MOST_LARGE_KIB) return false;
      const handle = block.arena.heap.departIn(transaction, block.life);
      this.#writeLarge(tail, message, handle);
      transaction.write(this.#address + LARGE_KIB, large + kib);
      transaction.write(this.#address + TAIL, next);
      return true;
    });
    if (!isPut) return false;
    block?.release();
    this.#parking.wakeAll(this.readGate);
    return true;
  }

  /** Undefined: there is none. A number: the next has that many bytes, more than `maxLength`, and stays. */
  tryTake(maxLength: number): Incoming | number | undefined {
    if (this.isEmpty()) return undefined;
    let block: SharedBlock | undefined;
    const taken = this.#parking.guards.run(this.#address, (transaction): Incoming | number | undefined => {
      const head = this.#load(HEAD);
      if (head === this.#load(TAIL)) return undefined;
      const [flags, second] = this.#readPair(head);
      const kind = (flags & VALUE) === 0 ? 'bytes' : 'value';
      if ((flags & LARGE) === 0) {
        if (second > maxLength) return second;
        const bytes = this.#copyOut((head + RECORD_HEADER) % RING_BYTES, second);
        const next = (head + RECORD_HEADER + paddedLength(second)) % RING_BYTES;
        this.#parking.words.store(this.#address + HEAD, next);
        return { kind, bytes };
      }
      const [tag, low] = this.#readPair((head + 8) % RING_BYTES);
      const [high] = this.#readPair((head + 16) % RING_BYTES);
      const length = high * 2 ** 32 + (low >>> 0);
      if (length > maxLength) return length;
      block = SharedBlock.admit(KIND.pipeMessage, { cell: second, tag, isCounted: false }, 'a pipe');
      block.arena.heap.arriveIn(transaction, block.life);
      transaction.write(this.#address + LARGE_KIB, this.#load(LARGE_KIB) - toKib(length));
      transaction.write(this.#address + HEAD, (head + LARGE_RECORD) % RING_BYTES);
      return { kind, bytes: new Uint8Array(block.arena.view(block.offset, length)) };
    });
    if (taken === undefined || typeof taken === 'number') return taken;
    this.#parking.wakeAll(this.writeGate);
    if (block === undefined) return taken;
    // Copied, so that the memory goes back now and not whenever the bytes are collected.
    const bytes = taken.bytes.slice();
    block.release();
    return { kind: taken.kind, bytes };
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

  #writeLarge(at: number, { kind, bytes }: Outgoing, { cell, tag }: BlockHandle): void {
    this.#writePair(at, LARGE | (kind === 'value' ? VALUE : 0), cell);
    this.#writePair((at + 8) % RING_BYTES, tag, bytes.byteLength | 0);
    this.#writePair((at + 16) % RING_BYTES, Math.floor(bytes.byteLength / 2 ** 32), 0);
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
