/** A longer message takes the buffer along instead of a copy. */
const KEPT_SIZE = 1024 * 1024;

/** Strings up to this length are written unit by unit: a call into V8 costs more. */
const SHORT = 32;

/** So many bytes are copied one by one, for the same reason. */
const FEW = 64;

/** The first bytes of memory that is written again soon. */
export interface BriefBytes {
  readonly bytes: Buffer;
  readonly byteLength: number;
}

/** Bytes that are being written, in memory that grows and is used again. */
export class ByteWriter {
  position = 0;
  readonly #initialSize: number;
  #bytes: Buffer;
  #view: DataView;

  constructor(initialSize: number) {
    this.#initialSize = initialSize;
    this.#bytes = Buffer.allocUnsafeSlow(initialSize);
    this.#view = viewOf(this.#bytes);
  }

  /** Makes room for `count` more bytes; the methods below do not look. */
  reserve(count: number): void {
    const needed = this.position + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.position);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }

  byte(value: number): void {
    this.#bytes[this.position++] = value;
  }

  int32(value: number): void {
    this.#view.setInt32(this.position, value, true);
    this.position += 4;
  }

  double(value: number): void {
    this.#view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** At most 5 bytes. */
  count(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** False, and nothing written, if a unit takes more than a byte. */
  tryLatin1(text: string): boolean {
    const { length } = text;
    if (length > SHORT) {
      if (Buffer.byteLength(text) !== length) return false; // Beyond ASCII.
      this.position += this.#bytes.write(text, this.position, length, 'latin1');
      return true;
    }
    const start = this.position;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) return false;
      this.#bytes[start + i] = unit;
    }
    this.position += length;
    return true;
  }

  utf16(text: string): void {
    this.position += this.#bytes.write(text, this.position, 2 * text.length, 'utf16le');
  }

  bytes(value: Uint8Array): void {
    const start = this.position;
    const { length } = value;
    if (length > FEW) this.#bytes.set(value, start);
    else for (let i = 0; i < length; i += 1) this.#bytes[start + i] = value[i] as number;
    this.position = start + length;
  }

  /** A copy of what was written from there on. */
  since(start: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(start, this.position));
  }

  /** All that was written, for the caller to keep; empty again. */
  take(): Buffer {
    const { position } = this;
    const written = this.#bytes;
    this.clear();
    if (position > KEPT_SIZE) return written.subarray(0, position);
    const copy = Buffer.allocUnsafe(position);
    if (position > FEW) written.copy(copy, 0, 0, position);
    else for (let i = 0; i < position; i += 1) copy[i] = written[i] as number;
    return copy;
  }

  /** As `take`, but what is short is not copied: it is there until something is written. */
  lend(): BriefBytes {
    const byteLength = this.position;
    if (byteLength > KEPT_SIZE) return { bytes: this.take(), byteLength };
    this.position = 0;
    return { bytes: this.#bytes, byteLength };
  }

  clear(): void {
    this.position = 0;
    if (this.#bytes.length <= KEPT_SIZE) return;
    this.#bytes = Buffer.allocUnsafeSlow(this.#initialSize);
    this.#view = viewOf(this.#bytes);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
