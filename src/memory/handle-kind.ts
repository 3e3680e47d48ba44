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

/** What departs in the message that is being encoded: how each is taken back. */
let departed: Array<() => void> | undefined;

export function toPlain(block: SharedBlock, carriage: Carriage): PlainData {
  if (carriage === 'lent') {
    const { cell, tag } = block.lend();
    return [cell, tag];
  }
  const handle = block.depart();
  departed?.push(() => block.takeBack(handle));
  return [handle.cell, handle.tag, 1];
}

/** Encodes a message. If that throws nobody will read it, and what has departed in it is taken back. */
export function encodeMessage<T>(encode: () => T): T {
  const outer = departed;
  departed = [];
  try {
    return encode();
  } catch (error) {
    takeBackSince(0);
    throw error;
  } finally {
    departed = outer;
  }
}

/** How much has departed in the message that is being encoded. */
export function departures(): number {
  return departed?.length ?? 0;
}

/** The part of the message that was encoded since then is not sent. */
export function takeBackSince(mark: number): void {
  for (const takeBack of departed?.splice(mark) ?? []) takeBack();
}

export function fromPlain(data: PlainData | undefined): BlockHandle {
  const [cell, tag, isCounted] = Array.isArray(data) ? data : [];
  return { cell: Number(cell), tag: Number(tag), isCounted: isCounted === 1 };
}
