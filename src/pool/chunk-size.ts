/** Throws a RangeError unless it is 'auto', absent, or a whole number from 1 on. */
export function checkChunkSize(chunkSize: number | 'auto' | undefined, fallback: number | 'auto'): number | 'auto' {
  if (chunkSize === undefined) return fallback;
  if (chunkSize === 'auto' || (Number.isInteger(chunkSize) && chunkSize >= 1)) return chunkSize;
  throw new RangeError(
    `Cannot use chunkSize "${String(chunkSize)}": it is no count of items; give a whole number from 1 on, or "auto"`,
  );
}
