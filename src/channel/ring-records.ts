import { BroodError } from '../errors/brood-error.ts';
import { RING_BYTES } from './ring-layout.ts';

/**
 * A record is two words, what it holds, and padding to 8 bytes. The first word is the length of what it holds, or one of the
 * marks below; the second the length of the head in it.
 */
export const RECORD_HEADER_BYTES = 8;
/** The rest of the ring is unused; the next record is at its start. */
export const WRAP = -1;
/** It holds the name of a block instead: cell, tag, length of the head, number, length of all as a double. */
export const LARGE = -2;
export const LARGE_BYTES = 24;

export function recordBytes(contentBytes: number): number {
  return RECORD_HEADER_BYTES + ((contentBytes + 7) & ~7);
}

/** A place in the ring, as the other party wrote it. Throws a BroodError (`ERR_CHANNEL`) if it is none. */
export function checkPosition(position: number): number {
  if (position >= 0 && position < RING_BYTES && position % 8 === 0) return position;
  throw damaged(`its position is ${position}`);
}

export function damaged(what: string, options?: ErrorOptions): BroodError {
  return new BroodError(
    'ERR_CHANNEL',
    `Cannot read the channel: ${what}; something else than its peer wrote to it`,
    options,
  );
}
