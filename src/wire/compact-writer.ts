import { types } from 'node:util';
import { isPacked, type List, type PackedNumbers, tryPack } from '../util/packed-numbers.ts';
import type { ByteWriter } from './byte-writer.ts';
import { DEPTH_LIMIT, SHORT_LATIN1_LIMIT, SMALL_INTEGER_LIMIT, Tag } from './compact-tags.ts';
import { kindOfBuffer } from './kind.ts';
import { hasElementsOnly, hasPropertiesOnly, isObjectPrototypeOrdinary } from './plain-check.ts';
import { hasShape, RecentShapes } from './recent-shapes.ts';
import { isResizable } from './resizable-buffer-kind.ts';
import { Sightings } from './sightings.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Objects with more keys are dictionaries, whose keys are worth nothing to the next object. */
const KEY_LIMIT = 64;

/** A message may hold objects of more shapes than are looked through; one that is not found is written again. */
const SHAPES_LOOKED_AT = 8;

/** Those of longer messages are let go of. */
const SHAPES_KEPT = 64;

/** So many strings of this length or more, and V8 is faster for all its fixed costs. */
const LONG_STRING = 17;
const LONG_STRINGS_LIMIT = 32;

/** Larger ones take their time anyway. */
const BYTES_LIMIT = 64 * 1024;

/** Numbers in arrays of this length or more become a block. */
const BLOCK = 8;

/** `new Array(count)` makes a sparse one of more than twice as many. */
const ELEMENT_LIMIT = 2 ** 24;

/**
 * Writes values in the compact format, and gives up at the first thing that this cannot carry exactly as structured clone
 * would: anything but plain objects, arrays, bytes and primitives, a reference that occurs twice, an array with empty places or
 * named properties. Looking and writing is one pass, so that giving up costs little beside the general way.
 */
export class CompactWriter {
  readonly #bytes: ByteWriter;
  readonly #sightings = new Sightings();
  /** Of the objects in the message. The array is not emptied, which would give its memory back. */
  readonly #shapes: Array<readonly string[]> = [];
  #shapeCount = 0;
  readonly #recentShapes = new RecentShapes();
  #longStrings = 0;

  constructor(bytes: ByteWriter) {
    this.#bytes = bytes;
  }

  /** False if it gave up: `position` is then what it was. Getters of users may throw. */
  tryWrite(value: unknown): boolean {
    const start = this.#bytes.position;
    let isWritten = false;
    try {
      isWritten = isObjectPrototypeOrdinary() && this.#write(value, 0);
    } finally {
      if (!isWritten) this.#bytes.position = start;
      this.#forget();
    }
    return isWritten;
  }

  /** The same for the members of an array that only wraps them. What one refers to twice is noticed; what two do is copied. */
  tryWriteList(values: List): boolean {
    const start = this.#bytes.position;
    let isWritten = false;
    try {
      isWritten = isPacked(values)
        ? this.#writeBlock(values)
        : isObjectPrototypeOrdinary() && this.#writeElements(values, 0, true);
    } finally {
      if (!isWritten) this.#bytes.position = start;
      this.#forget();
    }
    return isWritten;
  }

  #forget(): void {
    this.#sightings.clear();
    if (this.#shapes.length > SHAPES_KEPT) this.#shapes.length = 0;
    this.#shapeCount = 0;
    this.#longStrings = 0;
  }

  #write(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'number':
        this.#writeNumber(value);
        return true;
      case 'string':
        if (value.length >= LONG_STRING && ++this.#longStrings > LONG_STRINGS_LIMIT) return false;
        this.#writeString(value);
        return true;
      case 'boolean':
        this.#writeTag(value ? Tag.true : Tag.false);
        return true;
      case 'undefined':
        this.#writeTag(Tag.undefined);
        return true;
      case 'object':
        if (value === null) {
          this.#writeTag(Tag.null);
          return true;
        }
        return depth < DEPTH_LIMIT && this.#writeContainer(value, depth);
      default:
        return false;
    }
  }

  #writeTag(tag: number): void {
    this.#bytes.reserve(1);
    this.#bytes.byte(tag);
  }

  #writeNumber(value: number): void {
    const bytes = this.#bytes;
    bytes.reserve(9);
    if (isInt32(value)) {
      if (value >= 0 && value < SMALL_INTEGER_LIMIT) {
        bytes.byte(Tag.smallInteger + value);
        return;
      }
      bytes.byte(Tag.int32);
      bytes.int32(value);
      return;
    }
    bytes.byte(Tag.double);
    bytes.double(value);
  }

  #writeString(text: string): void {
    const bytes = this.#bytes;
    const { length } = text;
    bytes.reserve(6 + 2 * length);
    const start = bytes.position;
    if (length < SHORT_LATIN1_LIMIT) bytes.byte(Tag.shortLatin1 + length);
    else {
      bytes.byte(Tag.latin1);
      bytes.count(length);
    }
    if (bytes.tryLatin1(text)) return;
    bytes.position = start;
    bytes.byte(Tag.utf16);
    bytes.count(length);
    bytes.utf16(text);
  }

  #writeContainer(value: object, depth: number): boolean {
    if (types.isProxy(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#sightings.add(value) && this.#writeObject(value as Plain, depth);
    if (types.isUint8Array(value)) return this.#writeBytes(value, prototype);
    if (prototype !== Array.prototype || !Array.isArray(value)) return false;
    return hasElementsOnly(value) && this.#sightings.add(value) && this.#writeElements(value, depth, false);
  }

  /** Those with memory that nothing else in the message shows. An empty one may be what is left of a detached one. */
  #writeBytes(value: Uint8Array, prototype: unknown): boolean {
    const isBuffer = prototype === Buffer.prototype;
    if (!isBuffer && prototype !== Uint8Array.prototype) return false;
    const { buffer, length } = value;
    if (length === 0 || length > BYTES_LIMIT || !types.isArrayBuffer(buffer) || isResizable(buffer)) return false;
    if (kindOfBuffer(value) || !this.#sightings.add(buffer)) return false;
    this.#bytes.reserve(6 + length);
    this.#bytes.byte(isBuffer ? Tag.buffer : Tag.uint8Array);
    this.#bytes.count(length);
    this.#bytes.bytes(value);
    return true;
  }

  #writeElements(array: readonly unknown[], depth: number, isList: boolean): boolean {
    const { length } = array;
    if (length > ELEMENT_LIMIT) return false;
    if (length >= BLOCK && typeof array[0] === 'number' && this.#tryWriteBlock(array)) return true;
    this.#bytes.reserve(6);
    this.#bytes.byte(Tag.array);
    this.#bytes.count(length);
    for (let i = 0; i < length; i += 1) {
      const member = array[i];
      if (member === undefined && !Object.hasOwn(array, i)) return false;
      if (!this.#write(member, depth + 1)) return false;
      if (isList) this.#sightings.clear();
    }
    return array.length === length; // A getter may have changed it.
  }

  #tryWriteBlock(array: readonly unknown[]): boolean {
    const numbers = tryPack(array);
    return numbers !== undefined && this.#writeBlock(numbers);
  }

  #writeBlock(numbers: PackedNumbers): true {
    const bytes = this.#bytes;
    bytes.reserve(6 + numbers.byteLength);
    bytes.byte(numbers instanceof Int32Array ? Tag.int32Block : Tag.doubleBlock);
    bytes.count(numbers.length);
    bytes.bytes(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    return true;
  }

  #writeObject(object: Plain, depth: number): boolean {
    const keys = this.#writeShape(object);
    if (keys === undefined || !hasPropertiesOnly(object, keys.length === 0)) return false;
    let count = 0;
    for (const key in object) {
      if (keys[count] !== key || !this.#write(object[key], depth + 1)) return false;
      count += 1;
    }
    return count === keys.length; // A getter may have changed it.
  }

  #writeShape(object: Plain): readonly string[] | undefined {
    const bytes = this.#bytes;
    bytes.reserve(6);
    const known = this.#findShape(object);
    if (known >= 0) {
      bytes.byte(Tag.knownShape);
      bytes.count(known);
      return this.#shapes[known];
    }
    bytes.byte(Tag.newShape);
    const keys = this.#writeKeys(object);
    if (keys !== undefined) this.#shapes[this.#shapeCount++] = keys;
    return keys;
  }

  #writeKeys(object: Plain): readonly string[] | undefined {
    const bytes = this.#bytes;
    const recent = this.#recentShapes.findOf(object);
    if (recent !== undefined) {
      bytes.reserve(recent.bytes.length);
      bytes.bytes(recent.bytes);
      return recent.keys;
    }
    const start = bytes.position;
    const keys: string[] = [];
    for (const key in object) {
      if (keys.push(key) > KEY_LIMIT) return undefined;
    }
    bytes.count(keys.length);
    for (const key of keys) this.#writeString(key);
    this.#recentShapes.add({ bytes: bytes.since(start), keys });
    return keys;
  }

  /** -1 if there is none. */
  #findShape(object: Plain): number {
    const shapes = this.#shapes;
    const end = Math.max(0, this.#shapeCount - SHAPES_LOOKED_AT);
    for (let i = this.#shapeCount - 1; i >= end; i -= 1) {
      if (hasShape(object, shapes[i] as readonly string[])) return i;
    }
    return -1;
  }
}

/** -0 is none. */
function isInt32(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}
