import { StateError } from '../errors/state-error.ts';
import type { CellLife } from './cells.ts';
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

/** What a message refers to that would not keep it otherwise. */
interface Reference {
  readonly block: SharedBlock;
  /** Undefined: this party holds the block once more, for whoever lists it. */
  readonly counted: BlockHandle | undefined;
}

/** Those of the message that is being encoded. */
let references: Reference[] | undefined;

/** Names the arena, too: over a socket a message may come to a stranger. */
export function toPlain(block: SharedBlock, carriage: Carriage): PlainData {
  const { id } = block.arena;
  const { cell, tag } = block.lend();
  if (carriage === 'counted') {
    references?.push({ block, counted: block.depart() });
    return [id, cell, tag, 1];
  }
  if (carriage === 'listed') {
    block.share();
    references?.push({ block, counted: undefined });
  }
  return [id, cell, tag];
}

/**
 * Encodes a message; `list` gets what it refers to if its carriage is 'listed', each held by this party once more, until
 * `drop`. If encoding throws nobody will read the message, and what was kept for it is let go of.
 */
export function encodeMessage<T>(encode: () => T, list?: CellLife[]): T {
  const outer = references;
  references = [];
  try {
    const message = encode();
    for (const { block, counted } of references) if (counted === undefined) list?.push(block.life);
    return message;
  } catch (error) {
    takeBackSince(0);
    throw error;
  } finally {
    references = outer;
  }
}

/** How much the message that is being encoded refers to. */
export function departures(): number {
  return references?.length ?? 0;
}

/** The part of the message that was encoded since then is not sent. */
export function takeBackSince(mark: number): void {
  for (const { block, counted } of references?.splice(mark) ?? []) {
    if (counted === undefined) block.arena.heap.drop(block.life);
    else block.takeBack(counted);
  }
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
