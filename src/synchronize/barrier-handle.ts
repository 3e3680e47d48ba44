import type { Target } from '../functions/function-ref.ts';
import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import type { Kind } from '../wire/kind.ts';
import { Barrier } from './barrier.ts';

interface BarrierData {
  readonly block: PlainData;
  readonly timeout: number | null;
  /** Crosses as any function does. */
  readonly action: Target<[], unknown> | null;
}

/** Not a mere handle: its action is a function. */
export const barrierKind: Kind<Barrier, BarrierData> = {
  tag: 'barrier',
  isWhole: true,
  matches: (value) => value.constructor === Barrier,
  encode(barrier, _path, context) {
    const { timeout, action = null } = barrier.options;
    if (context.carriage === 'lent') context.hold(barrier);
    return {
      block: toPlain(barrier.block, context.carriage),
      timeout: timeout !== undefined && Number.isFinite(timeout) ? timeout : null,
      action,
    };
  },
  create({ block, timeout, action }) {
    return new Barrier({
      block: admit(block),
      ...(action !== null && { action }),
      ...(timeout !== null && { timeout }),
    });
  },
  discard: ({ block }) => void admit(block),
};

function admit(block: PlainData): SharedBlock {
  return SharedBlock.admit(KIND.barrier, fromPlain(block), 'a Barrier');
}
