import { constants } from 'node:buffer';
import { BroodError } from '../errors/brood-error.ts';
import { Deque } from '../util/deque.ts';
import { messageTooLong } from './link-errors.ts';

/**
 * The frames of CPython's multiprocessing.connection: the length as a 32-bit number, big-endian, then the bytes; above
 * 2 GiB - 1 the number is -1, and a 64-bit length follows.
 */
const SHORT_HEADER = 4;
const LONG_HEADER = 12;
const LONGEST_SHORT = 0x7fffffff;
const LONG_MARK = -1;

export function frameHeader(byteLength: number): Buffer {
  if (byteLength <= LONGEST_SHORT) {
    const header = Buffer.allocUnsafe(SHORT_HEADER);
    header.writeInt32BE(byteLength);
    return header;
  }
  const header = Buffer.allocUnsafe(LONG_HEADER);
  header.writeInt32BE(LONG_MARK);
  header.writeBigUInt64BE(BigInt(byteLength), SHORT_HEADER);
  return header;
}

/**
 * Bytes as they arrived, from which messages are taken. What a header announces costs nothing: there is only ever as much
 * memory as bytes have come.
 */
export class Inbox {
  readonly #chunks = new Deque<Buffer>();
  #byteLength = 0;
  /** Of the message that begins here, once it is known; it is behind us then. */
  #announced: number | undefined;

  get byteLength(): number {
    return this.#byteLength;
  }

  /** True in the middle of a message, or of its header. */
  get isInsideMessage(): boolean {
    return this.#announced !== undefined || this.#byteLength > 0;
  }

  add(chunk: Buffer): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.#byteLength += chunk.byteLength;
  }

  hasMessage(): boolean {
    const length = this.#length();
    return length !== undefined && this.#byteLength >= length;
  }

  /** Undefined: it is not there yet. Throws `ERR_MESSAGE_TOO_LONG`, or `ERR_BAD_MESSAGE` where there is no header. */
  tryTake(maxLength: number): Uint8Array | undefined {
    const length = this.#length();
    if (length === undefined) return undefined;
    if (length > maxLength || length > constants.MAX_LENGTH) {
      throw messageTooLong(length, Math.min(maxLength, constants.MAX_LENGTH));
    }
    if (this.#byteLength < length) return undefined;
    this.#announced = undefined;
    return this.#take(length);
  }

  /** Everything that is there and belongs to no whole message; for whoever goes on reading elsewhere. */
  takeAll(): Buffer {
    const header = this.#announced === undefined ? [] : [frameHeader(this.#announced)];
    this.#announced = undefined;
    return Buffer.concat([...header, this.#take(this.#byteLength)]);
  }

  #length(): number | undefined {
    if (this.#announced !== undefined) return this.#announced;
    if (this.#byteLength < SHORT_HEADER) return undefined;
    const mark = this.#peek(SHORT_HEADER).readInt32BE();
    if (mark < LONG_MARK) throw badMessage(mark);
    if (mark !== LONG_MARK) {
      this.#take(SHORT_HEADER);
      this.#announced = mark;
    } else {
      if (this.#byteLength < LONG_HEADER) return undefined;
      this.#announced = Number(this.#peek(LONG_HEADER).readBigUInt64BE(SHORT_HEADER));
      this.#take(LONG_HEADER);
    }
    return this.#announced;
  }

  /** The first bytes, which stay. */
  #peek(length: number): Buffer {
    const first = this.#chunks.peek();
    if (first !== undefined && first.byteLength >= length) return first;
    const all = Buffer.concat([...this.#chunks]);
    this.#chunks.clear();
    this.#chunks.push(all);
    return all;
  }

  /** In memory of their own. */
  #take(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const chunk = this.#chunks.shift() as Buffer; // There are as many bytes as `length`.
      const part = chunk.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.byteLength;
      if (part.byteLength < chunk.byteLength) this.#chunks.unshift(chunk.subarray(part.byteLength));
    }
    this.#byteLength -= length;
    return bytes;
  }
}

function badMessage(mark: number): BroodError {
  return new BroodError(
    'ERR_BAD_MESSAGE',
    `Cannot receive from the connection: ${mark} is announced as the length of a message; what the peer sends is no message, close the connection`,
  );
}
