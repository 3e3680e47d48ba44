/** Throws a RangeError unless it is 'auto', absent, or a whole number from 1 on. */
export function checkChunkSize(chunkSize: number | 'auto' | undefined, fallback: number | 'auto'): number | 'auto' {
  if (chunkSize === undefined) return fallback;
  if (chunkSize === 'auto' || (Number.isInteger(chunkSize) && chunkSize >= 1)) return chunkSize;
  throw new RangeError(
    `Cannot use chunkSize "${String(chunkSize)}": it is no count of items; give a whole number from 1 on, or "auto"`,
  );
}

/** Throws a RangeError unless it is absent, Infinity, or a whole number from 1 on. */
export function checkBufferSize(bufferSize: number | undefined): number | undefined {
  if (bufferSize === undefined || bufferSize === Number.POSITIVE_INFINITY) return bufferSize;
  if (Number.isInteger(bufferSize) && bufferSize >= 1) return bufferSize;
  throw new RangeError(
    `Cannot use bufferSize "${String(bufferSize)}": it is no count of items; give a whole number from 1 on`,
  );
}
