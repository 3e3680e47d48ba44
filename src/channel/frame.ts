import { constants } from 'node:buffer';
import { BroodError } from '../errors/brood-error.ts';

/**
 * On the stream a message is: magic (4 bytes), length of the head (4), length of the body (8, a double), head as JSON,
 * body. All little-endian. The magic is drawn anew for every channel, so that what somebody else writes to the
 * descriptor is told apart from a frame.
 */
const HEADER_SIZE = 16;

/** Frames above this are assembled in a buffer of their own size instead of by concatenating what arrives. */
const LARGE = 64 * 1024;

export interface Frame {
  readonly head: unknown;
  readonly body: Buffer;
}

export function encodeFrame(magic: number, head: unknown, body: readonly Uint8Array[]): Uint8Array[] {
  const text = JSON.stringify(head);
  const headLength = Buffer.byteLength(text);
  let bodyLength = 0;
  for (const part of body) bodyLength += part.byteLength;
  const start = Buffer.allocUnsafe(HEADER_SIZE + headLength);
  start.writeUInt32LE(magic, 0);
  start.writeUInt32LE(headLength, 4);
  start.writeDoubleLE(bodyLength, 8);
  start.write(text, HEADER_SIZE);
  return bodyLength === 0 ? [start] : [start, ...body];
}

/** Cuts a stream of bytes into frames, however the bytes arrive. */
export class FrameReader {
  readonly #magic: number;
  #pending: Buffer = Buffer.alloc(0);
  /** The frame being assembled, and how much of it is there. */
  #large: { readonly buffer: Buffer; readonly size: FrameSize; filled: number } | undefined;

  constructor(magic: number) {
    this.#magic = magic;
  }

  /** The frames that are complete with `chunk`. Throws a BroodError (`ERR_CHANNEL`) at the first byte that is no frame. */
  *read(chunk: Buffer): Generator<Frame, void, undefined> {
    let rest = chunk;
    if (this.#large) {
      const { buffer, filled, size } = this.#large;
      const taken = rest.copy(buffer, filled);
      this.#large.filled += taken;
      // Not `buffer.length`: optimised code of Node 26 compares that wrongly above 2 GiB.
      if (this.#large.filled < size.total) return;
      this.#large = undefined;
      rest = rest.subarray(taken);
      yield this.#parse(buffer, size);
    }
    if (this.#pending.length > 0) {
      rest = Buffer.concat([this.#pending, rest]);
      this.#pending = Buffer.alloc(0);
    }
    for (;;) {
      const size = this.#sizeOf(rest);
      if (size === undefined || rest.length < size.total) {
        this.#keep(rest, size);
        return;
      }
      const frame = this.#parse(rest.subarray(0, size.total), size);
      rest = rest.subarray(size.total);
      yield frame;
    }
  }

  #keep(rest: Buffer, size: FrameSize | undefined): void {
    if (size === undefined || size.total <= LARGE) {
      this.#pending = rest;
      return;
    }
    const buffer = allocate(size.total);
    this.#large = { buffer, size, filled: rest.copy(buffer) };
  }

  #sizeOf(bytes: Buffer): FrameSize | undefined {
    if (bytes.length >= 4 && bytes.readUInt32LE(0) !== this.#magic) {
      throw new BroodError('ERR_CHANNEL', 'Cannot read the channel: something else than its peer wrote to it');
    }
    if (bytes.length < HEADER_SIZE) return undefined;
    const head = bytes.readUInt32LE(4);
    const body = bytes.readDoubleLE(8);
    const total = HEADER_SIZE + head + body;
    if (!Number.isSafeInteger(body) || body < 0 || total > constants.MAX_LENGTH) throw tooLong(body);
    return { head, total };
  }

  #parse(bytes: Buffer, size: FrameSize): Frame {
    const bodyStart = HEADER_SIZE + size.head;
    try {
      return { head: JSON.parse(bytes.toString('utf8', HEADER_SIZE, bodyStart)), body: bytes.subarray(bodyStart) };
    } catch (error) {
      throw new BroodError('ERR_CHANNEL', 'Cannot read the channel: the head of a message is damaged', {
        cause: error,
      });
    }
  }
}

/** Takes addresses; memory comes as the bytes arrive. */
function allocate(size: number): Buffer {
  try {
    return Buffer.allocUnsafeSlow(size);
  } catch (error) {
    throw tooLong(size, { cause: error });
  }
}

function tooLong(size: number, options?: ErrorOptions): BroodError {
  return new BroodError('ERR_CHANNEL', `Cannot read the channel: a message of ${size} bytes is announced`, options);
}

interface FrameSize {
  readonly head: number;
  readonly total: number;
}
