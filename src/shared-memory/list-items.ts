/** What a slot of a ShareableList can hold. Numbers are part of the format. */
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const BIGINT = 4;
const STRING = 5;
const BYTES = 6;
/** A string with half a surrogate pair, which UTF-8 cannot carry. */
const UTF16 = 7;

export interface StoredItem {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** RangeError for a bigint of more than 64 bits, TypeError for what no slot can hold. */
export function storeItem(item: unknown): StoredItem {
  if (item === null) return { type: NULL, bytes: NOTHING };
  if (typeof item === 'boolean') return { type: item ? TRUE : FALSE, bytes: NOTHING };
  if (typeof item === 'number') return { type: NUMBER, bytes: new Uint8Array(new Float64Array([item]).buffer) };
  if (typeof item === 'bigint') {
    if (BigInt.asIntN(64, item) !== item)
      throw new RangeError(`Cannot store ${item}: it does not fit 64 bits; store it as a string`);
    return { type: BIGINT, bytes: new Uint8Array(new BigInt64Array([item]).buffer) };
  }
  if (typeof item === 'string') return storeText(item);
  if (item instanceof Uint8Array) return { type: BYTES, bytes: item };
  throw new TypeError(
    `Cannot store a ${typeof item} in a ShareableList; it holds numbers, bigints, booleans, strings, Uint8Arrays and null`,
  );
}

/** `bytes` is the memory of the slot; the result is a copy. */
export function loadItem(type: number, bytes: Uint8Array): unknown {
  switch (type) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case NUMBER:
      return Buffer.from(bytes).readDoubleLE();
    case BIGINT:
      return Buffer.from(bytes).readBigInt64LE();
    case STRING:
      return Buffer.from(bytes).toString('utf8');
    case UTF16:
      return Buffer.from(bytes).toString('utf16le');
    default:
      return Uint8Array.from(bytes);
  }
}

function storeText(text: string): StoredItem {
  const bytes = encoder.encode(text);
  if (Buffer.from(bytes).toString('utf8') === text) return { type: STRING, bytes };
  return { type: UTF16, bytes: Uint8Array.from(Buffer.from(text, 'utf16le')) };
}
