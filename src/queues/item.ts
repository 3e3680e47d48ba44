import type { Arena } from '../memory/arena.ts';
import type { CellLife } from '../memory/cells.ts';
import { type Item, LARGEST_INLINE } from '../memory/segments.ts';
import { decode, decodeBrief, encodeBriefly } from '../wire/codec.ts';

/**
 * A snapshot of the value, outside this process as far as it is large or refers to shared objects. The caller lets go of
 * its block. What is small is there until something else is encoded. Throws a SerializationError whose path begins with `item`.
 */
export function packItem(arena: Arena, value: unknown): Item {
  const list: CellLife[] = [];
  const { bytes, byteLength } = encodeBriefly(value, 'item', { carriage: 'listed', list, leavesOut: true });
  if (byteLength <= LARGEST_INLINE && list.length === 0) return { byteLength, bytes, block: undefined };
  try {
    return { byteLength, bytes: undefined, block: arena.crates.make(bytes.subarray(0, byteLength), list) };
  } finally {
    for (const life of list) arena.heap.drop(life);
  }
}

/** The value of an item that was taken, whose block it lets go of; a promise only if a module has to be loaded for it. */
export function unpackItem(arena: Arena, { byteLength, bytes, block }: Item): unknown {
  if (bytes !== undefined) return decodeBrief(bytes, byteLength);
  const crate = block as CellLife;
  const drop = (): void => arena.heap.drop(crate);
  let value: unknown;
  try {
    value = decode(arena.crates.read(crate, byteLength));
  } catch (error) {
    drop();
    throw error;
  }
  if (value instanceof Promise) return value.finally(drop);
  drop();
  return value;
}
