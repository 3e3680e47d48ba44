import { currentArena } from './current-arena.ts';
import type { BlockHandle } from './heap.ts';

/** Anything JSON can carry. */
export type PlainData = null | boolean | number | string | readonly PlainData[] | { readonly [key: string]: PlainData };

/**
 * How one kind of shared object crosses to another process. The wire finds the kind with `matches`, sends its tag and
 * what `encode` returns, and hands that to `decode` on the other side.
 *
 * Every result of `encode` keeps memory alive until it has been given to exactly one of `decode` (in any process of the
 * tree) or `discard` (by whoever finds that nobody will read the message), once.
 */
export interface HandleKind<T extends object = object> {
  readonly tag: string;
  matches(value: object): value is T;
  encode(value: T): PlainData;
  decode(data: PlainData): T;
  discard(data: PlainData): void;
}

export function toPlain({ cell, tag }: BlockHandle): PlainData {
  return [cell, tag];
}

export function fromPlain(data: PlainData | undefined): BlockHandle {
  const [cell, tag] = Array.isArray(data) ? data : [];
  return { cell: Number(cell), tag: Number(tag) };
}

export function discardPlain(data: PlainData | undefined): void {
  currentArena('a shared object').heap.discard(fromPlain(data));
}
