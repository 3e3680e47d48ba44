import { WORD_BYTES } from '../memory/layout.ts';
import type { PartyId } from '../memory/party-slots.ts';
import type { Address } from '../memory/shared-words.ts';

/**
 * Where everything lies in the block of a ring channel, in words: the child's party, then for each direction the words of its
 * ring, each group in a cache line of its own, then the bytes of both rings.
 */
export const RING_BLOCK_BYTES: number = 64 * 1024 - 16;
const LINE = 16;
const RING_WORDS: number = 4 * LINE;
const HEADER_WORDS: number = LINE + 2 * RING_WORDS;

/** Bytes of one ring: a multiple of 64, so that a record's header never crosses the end. */
export const RING_BYTES: number = Math.floor((RING_BLOCK_BYTES - HEADER_WORDS * WORD_BYTES) / 2 / 64) * 64;

/** Frames above this travel in a block of their own, and the ring carries only their name. */
export const LARGEST_INLINE: number = RING_BYTES / 4;

/** The party that reads the one ring and writes the other; 0 until it has attached. */
export const CHILD: Address = 0;

/** What a child is told of its ring channel. Plain data. */
export interface RingHandle {
  readonly cell: number;
  readonly tag: number;
  readonly parent: PartyId;
}

/** The words of one ring, as addresses in the arena. */
export interface RingWords {
  /** Where the next record will be, in bytes: written by the writer alone. Equal to `head`: empty. */
  readonly tail: Address;
  /** The block that is being handed over, cell 0: none, and the how manieth it is. Written by the writer alone. */
  readonly pendingCell: Address;
  readonly pendingTag: Address;
  readonly pendingNumber: Address;
  /** How far the reader has read, in bytes: written by the reader alone. */
  readonly head: Address;
  /** Where the reader waits for records. */
  readonly readerGate: Address;
  /** Where the writer waits for room. */
  readonly writerGate: Address;
  /** The records, in bytes from the arena's start. */
  readonly offset: number;
}

export function ringWords(block: Address, direction: 'toChild' | 'toParent'): RingWords {
  const index = direction === 'toChild' ? 0 : 1;
  const start = block + LINE + index * RING_WORDS;
  return {
    tail: start,
    pendingCell: start + 1,
    pendingTag: start + 2,
    pendingNumber: start + 3,
    head: start + LINE,
    readerGate: start + 2 * LINE,
    writerGate: start + 3 * LINE,
    offset: (block + HEADER_WORDS) * WORD_BYTES + index * RING_BYTES,
  };
}
