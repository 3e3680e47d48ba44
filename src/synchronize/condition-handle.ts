import { fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { Condition } from './condition.ts';
import { decodeLock, encodeLock } from './lock-handles.ts';

type Encoded = { block: PlainData; lock: PlainData };

export const conditionHandle: HandleKind<Condition> = {
  tag: 'condition',
  matches: (value): value is Condition => value.constructor === Condition,
  encode: ({ block, lock }, carriage) => ({ block: toPlain(block, carriage), lock: encodeLock(lock, carriage) }),
  decode(data) {
    const { block, lock } = data as Encoded;
    return new Condition(decodeLock(lock), SharedBlock.admit(KIND.condition, fromPlain(block), 'a Condition'));
  },
};
