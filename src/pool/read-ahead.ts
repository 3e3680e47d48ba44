import type { RunCost } from '../workers/run-cost.ts';

/** What a window counts for a chunk that is still finding its size. */
const AUTO_CHUNK = 16;

/** Bytes of items and results that are held for a consumer, where nobody has said how many items. */
const BYTES = 2 ** 26;

/**
 * How many items may be read ahead of the consumer, unless somebody says: two chunks for each worker, but not more than 64 MiB of
 * items and results, as far as they have been measured, and an item for each worker in any case.
 */
export function readAhead(processes: number, chunkSize: number | 'auto', cost: RunCost): number {
  const items = 2 * processes * (chunkSize === 'auto' ? AUTO_CHUNK : chunkSize);
  return Math.max(processes, Math.min(items, cost.countWithinBytes(BYTES)));
}
