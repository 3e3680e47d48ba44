import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { EncodeContext } from '../wire/kind.ts';
import { PipeEnd, type Side } from './pipe-end.ts';
import { endLeaseOf, PipeLease } from './pipe-lease.ts';

/** What crosses for an end of a pipe. */
export interface PipeEndData {
  readonly memory: PlainData;
  readonly token: PlainData;
  /** Names the other end; holds nothing. */
  readonly other: readonly [cell: number, tag: number];
  readonly side: Side;
  readonly isDuplex: boolean;
  /** Present if the sender holds the end until this is read. */
  readonly lease?: PlainData;
}

export function encodePipeEnd(end: PipeEnd, context: EncodeContext): PipeEndData {
  const { memory, token, other, side, isDuplex } = end;
  const data: PipeEndData = {
    memory: toPlain(memory, context.carriage),
    token: toPlain(token, context.carriage),
    other: [other.cell, other.tag],
    side,
    isDuplex,
  };
  if (context.carriage !== 'lent') return data;
  const { lease, handle } = PipeLease.grant(end);
  context.hold(lease);
  return { ...data, lease: handle };
}

/** StateError if nobody has the end any more, or it is of another process tree. */
export function decodePipeEnd({ memory, token, other, side, isDuplex, lease }: PipeEndData): PipeEnd {
  const heldMemory = SharedBlock.admit(KIND.pipe, fromPlain(memory), 'a connection');
  const heldToken = SharedBlock.admit(KIND.pipeEnd, fromPlain(token), 'a connection');
  const [cell, tag] = other;
  const end = new PipeEnd(heldMemory, heldToken, { cell, tag }, side, isDuplex);
  if (lease !== undefined) endLeaseOf(lease);
  return end;
}
