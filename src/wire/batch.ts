import { ByteWriter } from './byte-writer.ts';
import { decode, discard, encode } from './codec.ts';
import { DamagedMessageError } from './damaged-message.ts';
import type { EncodeOptions } from './pack.ts';
import type { Root } from './trail.ts';

/** Before each value: its size in bytes, little-endian. */
const SIZE = 4;

/**
 * One message of many values that come one after another, as results of tasks do. Each is taken as it is when it is added,
 * shares nothing with the others, and fails alone: here when it is added, on the other side when it is read.
 *
 * For values that are all there at once, and may fail together, `encode(values, (index) => path)` costs less: kinds that
 * only V8 can write pay its fixed price once, and what two of them refer to may cross once.
 */
export class BatchWriter {
  readonly #bytes = new ByteWriter(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** In bytes, of the message so far. */
  get size(): number {
    return this.#bytes.position;
  }

  /** Throws as `encode` does; the batch is then what it was. */
  add(value: unknown, root: Root, options?: EncodeOptions): void {
    this.#append(encode(value, root, options)); // Runs code of the user's: nothing may be half written meanwhile.
  }

  /** A value that has been encoded before. */
  addEncoded(bytes: Uint8Array): void {
    this.#append(bytes);
  }

  /** The message, of which the caller may do what he wants; the batch is empty again. */
  take(): Buffer {
    const message = this.#bytes.copyFrom(0);
    this.#bytes.reset();
    this.#count = 0;
    return message;
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.reserve(SIZE + bytes.length);
    this.#bytes.int32(bytes.length);
    this.#bytes.append(bytes);
    this.#count += 1;
  }
}

/** The other side: reads the values of one message in the order in which they were added. */
export class BatchReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(message: Uint8Array) {
    this.#bytes = message;
  }

  get hasNext(): boolean {
    return this.#position < this.#bytes.length;
  }

  /** As `decode`: a promise only if a module has to be loaded; throws for this value alone, unless the message is damaged. */
  next(): unknown {
    return decode(this.#takeNext());
  }

  /** Instead of `next`, where nobody wants the value. */
  discardNext(): void {
    discard(this.#takeNext());
  }

  #takeNext(): Uint8Array {
    const bytes = this.#bytes;
    const start = this.#position + SIZE;
    if (start > bytes.length) throw this.#damaged();
    const size = new DataView(bytes.buffer, bytes.byteOffset + this.#position, SIZE).getUint32(0, true);
    if (size > bytes.length - start) throw this.#damaged();
    this.#position = start + size;
    return bytes.subarray(start, start + size);
  }

  /** Where the next value would begin is not known: there is none. */
  #damaged(): DamagedMessageError {
    this.#position = this.#bytes.length;
    return new DamagedMessageError('a batch ends within a value');
  }
}
