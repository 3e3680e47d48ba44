import { fromPlain, type HandleKind, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { BoundedSemaphore, Semaphore } from './semaphore.ts';

function semaphoreKind(tag: string, type: new (block: SharedBlock) => Semaphore): HandleKind<Semaphore> {
  return {
    tag,
    matches: (value): value is Semaphore => value.constructor === type,
    encode: ({ block }, carriage) => toPlain(block, carriage),
    decode: (data) => new type(SharedBlock.admit(KIND.semaphore, fromPlain(data), 'a Semaphore')),
  };
}

export const semaphoreHandle: HandleKind<Semaphore> = semaphoreKind('semaphore', Semaphore);
export const boundedSemaphoreHandle: HandleKind<Semaphore> = semaphoreKind('boundedSemaphore', BoundedSemaphore);
