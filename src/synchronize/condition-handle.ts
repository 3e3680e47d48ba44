import { discardPlain, fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { Condition } from './condition.ts';
import { decodeLock, discardLock, encodeLock } from './lock-handles.ts';

type Encoded = { block: PlainData; lock: PlainData };

export const conditionHandle: HandleKind<Condition> = {
  tag: 'condition',
  matches: (value): value is Condition => value.constructor === Condition,
  encode: ({ block, lock }) => ({ block: toPlain(block.depart()), lock: encodeLock(lock) }),
  decode(data) {
    const { block, lock } = data as Encoded;
    return new Condition(decodeLock(lock), SharedBlock.admit(KIND.condition, fromPlain(block), 'a Condition'));
  },
  discard(data) {
    const { block, lock } = data as Encoded;
    discardPlain(block);
    discardLock(lock);
  },
};
