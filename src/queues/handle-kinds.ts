import { Arrivals } from '../memory/arrivals.ts';
import { fromPlain, type HandleKind, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { ownFile } from '../util/own-files.ts';
import { addHandleKinds } from '../wire/handle-kinds.ts';
import { JoinableQueue } from './joinable-queue.ts';
import { Queue } from './queue.ts';
import type { QueueEnd } from './queue-end.ts';
import { SimpleQueue } from './simple-queue.ts';

interface AnyQueue {
  readonly end: QueueEnd;
}

/** A queue is one object in a process, however often it arrives: what `close` says holds for the process. */
const arrivals = new Arrivals<AnyQueue>();

function queueKind(tag: string, type: new (block: SharedBlock) => AnyQueue): HandleKind<AnyQueue> {
  return {
    tag,
    matches: (value): value is AnyQueue => value.constructor === type,
    encode(queue, carriage) {
      const handle = toPlain(queue.end.block, carriage);
      arrivals.remember(handle, queue);
      return handle;
    },
    decode(handle) {
      const block = SharedBlock.admit(KIND.queue, fromPlain(handle), `a ${type.name}`);
      const known = arrivals.find(handle);
      if (known !== undefined) return known;
      const queue = new type(block);
      arrivals.remember(handle, queue);
      return queue;
    },
  };
}

addHandleKinds(
  [queueKind('queue', Queue), queueKind('joinableQueue', JoinableQueue), queueKind('simpleQueue', SimpleQueue)],
  ownFile('queues/handle-kinds.js').href,
);
