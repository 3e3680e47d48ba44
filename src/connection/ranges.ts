/** The bytes of `data` from `offset`, `size` of them or all the rest. */
export function checkRange(data: Uint8Array, offset: number, size?: number): Uint8Array {
  if (!(data instanceof Uint8Array)) {
    throw new TypeError(`Cannot use a ${typeof data} as bytes: it is no Uint8Array; pass one`);
  }
  const { byteLength } = data;
  const length = size ?? byteLength - offset;
  const isWhole = Number.isInteger(offset) && Number.isInteger(length);
  if (!isWhole || offset < 0 || length < 0 || offset + length > byteLength) {
    throw new RangeError(
      `Cannot use ${size ?? 'all'} bytes from offset ${offset}: there are ${byteLength}; stay within them`,
    );
  }
  return data.subarray(offset, offset + length);
}

/** A limit for a message's length; absent: none. */
export function checkLength(maxLength: number | undefined): number {
  if (maxLength === undefined) return Number.POSITIVE_INFINITY;
  if (typeof maxLength === 'number' && maxLength >= 0) return maxLength;
  throw new RangeError(`Cannot receive at most ${String(maxLength)} bytes; give maxLength as a number from 0 on`);
}
