import type { PackedNumbers } from '../util/packed-numbers.ts';
import { DEPTH_LIMIT, SHORT_LATIN1_LIMIT, Tag } from './compact-tags.ts';
import { DamagedMessageError } from './damaged-message.ts';
import { define } from './members.ts';
import { RecentShapes } from './recent-shapes.ts';

/** Strings up to this length are put together here: a call into V8 costs more. */
const SHORT = 16;

interface Shape {
  readonly keys: readonly string[];
  /** None of the keys means something to every object: they may be assigned to. */
  readonly isAssignable: boolean;
}

const recentShapes = new RecentShapes();

const NOTHING = Buffer.alloc(0);

/** The shapes of longer messages are let go of. */
const SHAPES_KEPT = 64;

/**
 * Reads values in the compact format, one at a time. Whatever the bytes are, it throws a DamagedMessageError or returns a value; every
 * count is checked against the bytes that are left, so that no more memory is taken than a small multiple of them.
 */
export class CompactReader {
  #bytes: Buffer = NOTHING;
  #position = 0;
  #end = 0;
  /** Of the objects in the message. The array is not emptied, which would give its memory back. */
  readonly #shapes: Shape[] = [];
  #shapeCount = 0;

  /** Throws if the value is not all there is from `start` to `end`. `staysPacked`: an array of nothing but numbers becomes a typed one. */
  readWhole(bytes: Uint8Array, start: number, end: number, staysPacked = false): unknown {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#end = end;
    this.#shapeCount = 0;
    try {
      const value = (staysPacked ? this.#tryReadPacked() : undefined) ?? this.#read(0);
      if (this.#position !== end) throw damaged();
      return value;
    } finally {
      this.#bytes = NOTHING;
      if (this.#shapes.length > SHAPES_KEPT) this.#shapes.length = 0;
    }
  }

  #tryReadPacked(): PackedNumbers | undefined {
    const tag = this.#bytes[this.#position];
    if (tag !== Tag.int32Block && tag !== Tag.doubleBlock) return undefined;
    this.#position += 1;
    return tag === Tag.int32Block ? this.#int32s(this.#count()) : this.#doubles(this.#count());
  }

  #read(depth: number): unknown {
    const tag = this.#byte();
    if (tag >= Tag.smallInteger) return tag - Tag.smallInteger;
    if (tag >= Tag.shortLatin1 && tag < Tag.shortLatin1 + SHORT_LATIN1_LIMIT)
      return this.#latin1(tag - Tag.shortLatin1);
    switch (tag) {
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      case Tag.false:
        return false;
      case Tag.true:
        return true;
      case Tag.int32:
        return int32At(this.#bytes, this.#take(4));
      case Tag.double:
        return this.#double();
      case Tag.latin1:
        return this.#latin1(this.#count());
      case Tag.utf16:
        return this.#utf16(this.#count());
      case Tag.int32Block:
        return arrayOf(this.#int32s(this.#count()));
      case Tag.doubleBlock:
        return arrayOf(this.#doubles(this.#count()));
      case Tag.uint8Array:
        return new Uint8Array(this.#taken(this.#count()));
      case Tag.buffer:
        return Buffer.from(this.#taken(this.#count()));
      default:
        if (depth >= DEPTH_LIMIT) throw damaged();
        return this.#readContainer(tag, depth + 1);
    }
  }

  #readContainer(tag: number, depth: number): object {
    switch (tag) {
      case Tag.array:
        return this.#array(this.#count(), depth);
      case Tag.newShape:
        return this.#object(this.#newShape(), depth);
      case Tag.knownShape:
        return this.#object(this.#knownShape(), depth);
      default:
        throw damaged();
    }
  }

  /** Where the next `size` bytes begin. */
  #take(size: number): number {
    const start = this.#position;
    if (size > this.#end - start) throw damaged();
    this.#position = start + size;
    return start;
  }

  #taken(size: number): Buffer {
    const start = this.#take(size);
    return this.#bytes.subarray(start, start + size);
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  #count(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte <= 0x7f) return value;
    }
    throw damaged();
  }

  #latin1(length: number): string {
    const start = this.#take(length);
    const end = start + length;
    return length > SHORT ? this.#bytes.toString('latin1', start, end) : shortLatin1(this.#bytes, start, end);
  }

  #utf16(length: number): string {
    const start = this.#take(2 * length);
    return this.#bytes.toString('utf16le', start, start + 2 * length);
  }

  #array(length: number, depth: number): unknown[] {
    if (length > this.#end - this.#position) throw damaged();
    const array = new Array<unknown>(length);
    for (let i = 0; i < length; i += 1) array[i] = this.#read(depth);
    return array;
  }

  /** A copy: typed arrays want their memory aligned. */
  #copied(size: number): ArrayBuffer {
    const copy = new Uint8Array(size);
    copy.set(this.#taken(size));
    return copy.buffer;
  }

  #double(): number {
    const start = this.#take(8);
    for (let i = 0; i < 8; i += 1) doubleBytes[i] = this.#bytes[start + i] as number;
    return double[0] as number;
  }

  #int32s(length: number): Int32Array {
    return new Int32Array(this.#copied(4 * length));
  }

  #doubles(length: number): Float64Array {
    return new Float64Array(this.#copied(8 * length));
  }

  #newShape(): Shape {
    const keys = this.#recentKeys() ?? this.#keys();
    let isAssignable = true;
    for (let i = 0; i < keys.length; i += 1) isAssignable &&= !((keys[i] as string) in Object.prototype);
    const shape = { keys, isAssignable };
    this.#shapes[this.#shapeCount++] = shape;
    return shape;
  }

  #knownShape(): Shape | undefined {
    const number = this.#count();
    return number < this.#shapeCount ? this.#shapes[number] : undefined;
  }

  #recentKeys(): readonly string[] | undefined {
    const recent = recentShapes.findAt(this.#bytes, this.#position, this.#end);
    if (recent === undefined) return undefined;
    this.#position += recent.bytes.length;
    return recent.keys;
  }

  #keys(): readonly string[] {
    const start = this.#position;
    const keys: string[] = [];
    for (let left = this.#count(); left > 0; left -= 1) {
      const key = this.#read(DEPTH_LIMIT);
      if (typeof key !== 'string') throw damaged();
      keys.push(key);
    }
    recentShapes.add({ bytes: new Uint8Array(this.#bytes.subarray(start, this.#position)), keys });
    return keys;
  }

  #object(shape: Shape | undefined, depth: number): object {
    if (shape === undefined) throw damaged();
    const object: Record<string, unknown> = {};
    const { keys, isAssignable } = shape;
    for (let i = 0; i < keys.length; i += 1) {
      const member = this.#read(depth);
      if (isAssignable) object[keys[i] as string] = member;
      else define(object, keys[i] as string, member);
    }
    return object;
  }
}

/** Without a call for each, as most of a first large array is read before V8 has made the loop fast. */
function arrayOf(numbers: PackedNumbers): number[] {
  const { length } = numbers;
  const array = new Array<number>(length);
  for (let i = 0; i < length; i += 1) array[i] = numbers[i] as number;
  return array;
}

function shortLatin1(b: Buffer, start: number, end: number): string {
  let text = '';
  let i = start;
  // Each step appends: fewer are faster.
  for (; i + 4 <= end; i += 4)
    text += fromCharCode(b[i] as number, b[i + 1] as number, b[i + 2] as number, b[i + 3] as number);
  for (; i < end; i += 1) text += fromCharCode(b[i] as number);
  return text;
}

const { fromCharCode } = String;

/** For a single number a DataView is not worth making. The platforms are little-endian. */
const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** As `double`. */
function int32At(b: Buffer, at: number): number {
  return (
    (b[at] as number) | ((b[at + 1] as number) << 8) | ((b[at + 2] as number) << 16) | ((b[at + 3] as number) << 24)
  );
}

function damaged(): DamagedMessageError {
  return new DamagedMessageError('its bytes are damaged');
}
