import type { BlockHandle } from './heap.ts';
import type { SharedBlock } from './shared-block.ts';

/** Anything JSON can carry. */
export type PlainData = null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/**
 * What keeps the memory in a message alive until the message has been read. 'lent': the sender does, who keeps its own
 * object until then; such a message may be read any number of times, or never. 'counted': the message itself does, also
 * when its sender has ended; it must be read exactly once.
 */
export type Carriage = 'lent' | 'counted';

/** How one kind of shared object crosses to another process. */
export interface HandleKind<T extends object = object> {
  readonly tag: string;
  matches(value: object): value is T;
  encode(value: T, carriage: Carriage): PlainData;
  decode(data: PlainData): T;
  /** See `Kind` of the wire. */
  readonly takesBuffers?: true;
}

export function toPlain(block: SharedBlock, carriage: Carriage): PlainData {
  const { cell, tag } = carriage === 'lent' ? block.lend() : block.depart();
  return carriage === 'lent' ? [cell, tag] : [cell, tag, 1];
}

export function fromPlain(data: PlainData | undefined): BlockHandle {
  const [cell, tag, isCounted] = Array.isArray(data) ? data : [];
  return { cell: Number(cell), tag: Number(tag), isCounted: isCounted === 1 };
}
