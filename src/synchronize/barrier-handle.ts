import { discardPlain, fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { Barrier } from './barrier.ts';

type Encoded = { block: PlainData; timeout: number | null };

/** The action is a function, which this floor cannot send: the wire adds it through `actionOf` and `withAction`. */
export const barrierHandle: HandleKind<Barrier> = {
  tag: 'barrier',
  matches: (value): value is Barrier => value.constructor === Barrier,
  encode: ({ block, options }) => ({
    block: toPlain(block.depart()),
    timeout: Number.isFinite(options.timeout) ? (options.timeout ?? null) : null,
  }),
  decode: (data) => withAction(data, undefined),
  discard: (data) => discardPlain((data as Encoded).block),
};

export function actionOf(barrier: Barrier): (() => unknown) | undefined {
  return barrier.options.action;
}

/** As `decode`, with the action as it arrived. */
export function withAction(data: PlainData, action: (() => unknown) | undefined): Barrier {
  const { block, timeout } = data as Encoded;
  return new Barrier({
    block: SharedBlock.admit(KIND.barrier, fromPlain(block), 'a Barrier'),
    ...(action !== undefined && { action }),
    ...(timeout !== null && { timeout }),
  });
}
