import { StateError } from '../errors/state-error.ts';
import { currentArena } from './current-arena.ts';
import type { BlockHandle } from './heap.ts';
import type { SharedBlock } from './shared-block.ts';

/** Anything JSON can carry. */
export type PlainData = null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/**
 * What keeps the memory in a message alive until the message has been read. 'lent': the sender does, who keeps its own
 * object until then; such a message may be read any number of times, or never. 'counted': the message itself does, also
 * when its sender has ended; it must be read exactly once. 'listed': whoever carries the message does, by the list of
 * what is in it; it may be read as often as that lasts.
 */
export type Carriage = 'lent' | 'counted' | 'listed';

/** How one kind of shared object crosses to another process. */
export interface HandleKind<T extends object = object> {
  readonly tag: string;
  matches(value: object): value is T;
  encode(value: T, carriage: Carriage): PlainData;
  decode(data: PlainData): T;
  /** See `Kind` of the wire. */
  readonly takesBuffers?: true;
}

interface Departure {
  readonly block: SharedBlock;
  readonly handle: BlockHandle;
}

/** What departs in the message that is being encoded. */
let departed: Departure[] | undefined;

/** Names the arena, too: over a socket a message may come to a stranger. */
export function toPlain(block: SharedBlock, carriage: Carriage): PlainData {
  const { id } = block.arena;
  if (carriage === 'lent') {
    const { cell, tag } = block.lend();
    return [id, cell, tag];
  }
  const handle = block.depart();
  departed?.push({ block, handle });
  return carriage === 'listed' ? [id, handle.cell, handle.tag] : [id, handle.cell, handle.tag, 1];
}

/**
 * Encodes a message; `list` gets what has departed in it. If encoding throws nobody will read the message, and what has
 * departed in it is taken back.
 */
export function encodeMessage<T>(encode: () => T, list?: BlockHandle[]): T {
  const outer = departed;
  departed = [];
  try {
    const message = encode();
    list?.push(...departed.map(({ handle }) => handle));
    return message;
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
  for (const { block, handle } of departed?.splice(mark) ?? []) block.takeBack(handle);
}

/** StateError if it was made in another process tree. */
export function fromPlain(data: PlainData | undefined): BlockHandle {
  const [arena, cell, tag, isCounted] = Array.isArray(data) ? data : [];
  if (arena !== currentArena('a shared object').id) {
    throw new StateError(
      'Cannot use the shared object: it belongs to another process tree; send what it holds, or talk over a connection',
    );
  }
  return { cell: Number(cell), tag: Number(tag), isCounted: isCounted === 1 };
}
