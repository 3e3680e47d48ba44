import { DamagedMessageError } from './damaged-message.ts';

/** Places in arrays that a message may claim for each of its bytes; the least dense array that is sent as one takes this many. */
const PLACES_PER_BYTE = 8;

/** The oldest version of V8's format without legacy readings; supported versions of Node write 15 or later. */
const OLDEST_VERSION = 13;

/** What follows a tag of V8's format. What has no place here is never written by the codec, and refused. */
type Payload = 'nothing' | 'varint' | 'varints' | 'double' | 'bytes' | 'bigint' | 'claim' | 'regexp' | 'view';

const PAYLOADS: Readonly<Record<Payload, string>> = {
  /** Padding, primitives without bytes, boxed booleans, what opens a container or a boxed string. */
  nothing: "\0-_0TFyxo;'s",
  /** Integers, references, ends of objects, maps and sets. */
  varint: 'IU^{:,',
  /** Ends of arrays. */
  varints: '@$',
  double: 'NDn',
  /** Strings, array buffers. */
  bytes: '"cB',
  bigint: 'Zz',
  /** Begins of arrays: their length. */
  claim: 'Aa',
  regexp: 'R',
  view: '\\',
};

const BY_TAG: Array<Payload | undefined> = new Array(256).fill(undefined);
for (const payload of Object.keys(PAYLOADS) as Payload[]) {
  for (const tag of PAYLOADS[payload]) BY_TAG[tag.charCodeAt(0)] = payload;
}

/**
 * Goes through the tokens of what V8's serializer wrote, from its header on, and throws where they claim more than is
 * there. V8 checks what it reads against the bytes that are left, but takes memory for an array when it reads its length:
 * arrays in arrays that each claim all the rest, or a sparse array, ended the process with a few bytes.
 */
export function scan(bytes: Uint8Array, start: number): void {
  const scanner = new Scanner(bytes, start);
  scanner.scan();
}

class Scanner {
  readonly #bytes: Uint8Array;
  #position: number;
  #places: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#position = start;
    this.#places = bytes.length * PLACES_PER_BYTE;
  }

  scan(): void {
    const version = this.#bytes[this.#position + 1];
    if (this.#bytes[this.#position] !== 0xff || version === undefined || version < OLDEST_VERSION || version > 0x7f)
      throw new DamagedMessageError('it does not begin as one');
    this.#position += 2;
    while (this.#position < this.#bytes.length) this.#skipToken();
  }

  #skipToken(): void {
    const tag = this.#bytes[this.#position++] as number;
    switch (BY_TAG[tag]) {
      case 'nothing':
        return;
      case 'varint':
        this.#varint();
        return;
      case 'varints':
        this.#varint();
        this.#varint();
        return;
      case 'double':
        this.#skip(8);
        return;
      case 'bytes':
        this.#skip(this.#varint());
        return;
      case 'bigint':
        // The lowest bit is the sign, the rest a number of bytes; V8 takes whole digits of eight.
        this.#skip(this.#varint() >>> 1);
        return;
      case 'claim':
        this.#places -= this.#varint();
        if (this.#places < 0) throw new DamagedMessageError('it claims more than it holds');
        return;
      case 'regexp':
        this.#skipString();
        this.#varint();
        return;
      case 'view':
        this.#varint();
        this.#skip(this.#varint());
        return;
      case undefined:
        throw new DamagedMessageError(`it holds a byte ${tag} where a value begins`);
    }
  }

  #skipString(): void {
    while (this.#bytes[this.#position] === 0) this.#position += 1;
    const tag = this.#bytes[this.#position++];
    if (tag === undefined || BY_TAG[tag] !== 'bytes') throw new DamagedMessageError('a pattern is no string');
    this.#skip(this.#varint());
  }

  #skip(size: number): void {
    if (size > this.#bytes.length - this.#position) throw new DamagedMessageError('it ends within a value');
    this.#position += size;
  }

  /** 32 bits in at most five bytes; V8 would drop what does not fit, and go on behind it. */
  #varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new DamagedMessageError('it ends within a value');
      value += (byte & 0x7f) * factor;
      if (byte > 0x7f) continue;
      if (value < 2 ** 32) return value;
      break;
    }
    throw new DamagedMessageError('a number in it is too large');
  }
}
