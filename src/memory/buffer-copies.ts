import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';
import type { Arena } from './arena.ts';
import { FreedMemory } from './freed-memory.ts';

/** What one system call may read or write, in bytes: Node takes no more than 31 bits. */
export const MOST_AT_ONCE: number = 2 ** 30;

/**
 * How this process makes buffers of what others have left for it.
 *   as it comes   its memory is new, as that of any buffer
 *   kept          from what buffers before it have left behind
 *   accounted     as it comes; and nothing of the arena counts as memory of this process for having been read
 */
export type BufferMemory = 'as it comes' | 'kept' | 'accounted';

let memory: BufferMemory = 'as it comes';
let freed: FreedMemory | undefined;

/** For the program of a process, at its start. Costs nothing until a large buffer arrives. */
export function chooseBufferMemory(choice: BufferMemory): void {
  memory = choice;
}

/** A buffer of this process's own with bytes of the arena, which must be there. */
export function copyBuffer(arena: Arena, offset: number, byteLength: number): ArrayBuffer {
  if (memory === 'kept') freed ??= new FreedMemory(arena.native.allocator);
  // Not zeroed, and not a part of Node's pool.
  const copy = Buffer.allocUnsafeSlow(byteLength);
  if (memory === 'accounted') read(arena.descriptor, copy, offset);
  else copy.set(new Uint8Array(arena.view(offset, byteLength)));
  freed?.note(copy.buffer as ArrayBuffer);
  return copy.buffer as ArrayBuffer;
}

function read(descriptor: number, target: Uint8Array, offset: number): void {
  for (let at = 0; at < target.byteLength; )
    at += readSync(descriptor, target, at, Math.min(target.byteLength - at, MOST_AT_ONCE), offset + at);
}
