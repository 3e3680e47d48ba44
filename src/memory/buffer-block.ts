import { writeSync } from 'node:fs';
import { BroodError } from '../errors/brood-error.ts';
import { StateError } from '../errors/state-error.ts';
import type { Arena } from './arena.ts';
import { copyBuffer, MOST_AT_ONCE } from './buffer-copies.ts';
import { currentArena } from './current-arena.ts';
import { type Carriage, fromPlain, type PlainData, toPlain } from './handle-kind.ts';
import { KIND } from './kinds.ts';
import { asLease, type Lease } from './lease.ts';
import { SharedBlock } from './shared-block.ts';
import type { WarmBlock } from './warm-blocks.ts';

const WHAT = 'a large buffer';

/** The bytes of a buffer as they were when it was made, in a block of the arena: a message says where, instead of holding them. */
export class BufferBlock implements Lease {
  readonly byteLength: number;
  readonly #warm: WarmBlock;
  readonly #block: SharedBlock;
  #isOver = false;

  private constructor(arena: Arena, warm: WarmBlock, byteLength: number) {
    this.byteLength = byteLength;
    this.#warm = { block: warm.block, warmBytes: Math.max(warm.warmBytes, byteLength) };
    this.#block = SharedBlock.over(arena, warm.block);
    asLease(this);
  }

  /** Undefined if there is no room: neither in the arena nor, for its pages, in the system. */
  static tryCopy(bytes: Uint8Array): BufferBlock | undefined {
    const arena = currentArena(WHAT);
    let warm: WarmBlock;
    try {
      warm = arena.warm.take(KIND.buffer, bytes.byteLength);
    } catch (error) {
      if (error instanceof BroodError) return undefined;
      throw error;
    }
    if (tryFill(arena, warm, bytes)) return new BufferBlock(arena, warm, bytes.byteLength);
    arena.heap.drop(warm.block.life);
    arena.warm.drop();
    return undefined;
  }

  /** What goes into the message. Once, but for the carriage 'lent': then this is to be held until nobody reads the message any more. */
  depart(carriage: Carriage): PlainData {
    const handle = toPlain(this.#block, carriage);
    if (carriage !== 'lent') this.end();
    return handle;
  }

  /** This party needs it no longer, but for the next buffer. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#block.share();
    this.#block.release();
    this.#block.arena.warm.keep(this.#warm);
  }
}

/** How many bytes the messages have left out for which all this is held. */
export function bytesLeftOut(held: readonly object[]): number {
  let bytes = 0;
  for (const it of held) if (it instanceof BufferBlock) bytes += it.byteLength;
  return bytes;
}

/**
 * What is new is written by a system call: that finds and fills pages in half the time of a copy, which clears them first, and
 * where there are no more it fails, where a copy would end the process.
 */
function tryFill(arena: Arena, { block, warmBytes }: WarmBlock, bytes: Uint8Array): boolean {
  const warm = Math.min(warmBytes, bytes.byteLength);
  if (warm > 0) new Uint8Array(arena.view(block.offset, warm)).set(bytes.subarray(0, warm));
  try {
    for (let at = warm; at < bytes.byteLength; )
      at += writeSync(arena.descriptor, bytes, at, Math.min(bytes.byteLength - at, MOST_AT_ONCE), block.offset + at);
    return true;
  } catch {
    return false;
  }
}

/**
 * A buffer of this process's own with the bytes that a message left out. Throws a StateError if there is no such
 * block, or not one of so many bytes: no message of ours says so.
 */
export function readBufferBlock(handle: PlainData, byteLength: number): ArrayBuffer {
  const { cell, tag } = fromPlain(handle);
  const arena = currentArena(WHAT);
  const { life } = arena.heap.admit(KIND.buffer, { cell, tag, isCounted: false });
  try {
    const given = arena.handover.taken(KIND.buffer, { cell, tag });
    const isThere = given && Number.isSafeInteger(byteLength) && byteLength > 0 && byteLength <= given.byteLength;
    if (!isThere) {
      throw new StateError(`Cannot read a large buffer: its block has no ${byteLength} bytes; report it`);
    }
    return copyBuffer(arena, given.offset, byteLength);
  } finally {
    arena.heap.drop(life);
  }
}
