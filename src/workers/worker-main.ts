// The program of a worker process.
import { openChildRingChannel } from '../channel/open-child-ring-channel.ts';
import { chooseBufferMemory } from '../memory/buffer-copies.ts';
import { bootChild, endWithParent } from '../process/child-boot.ts';
import { windUp } from '../process/children.ts';
import { currentIdentity } from '../process/identity.ts';
import { importGuarded } from '../process/import-guard.ts';
import { allSent } from '../util/unsent.ts';
import { loadCall } from '../wire/load-call.ts';
import { ChunkRunner } from './chunk-runner.ts';
import { encodeThrown } from './encode-thrown.ts';
import { Ledger } from './ledger.ts';
import { Outbox } from './outbox.ts';
import type { WorkerOrder, WorkerReply, WorkerRequest } from './protocol.ts';
import { Replies } from './replies.ts';
import { taskScope } from './task-scope.ts';

const { channel: socket, ring, order, body } = await bootChild<WorkerReply, WorkerRequest, WorkerOrder>();
const channel = ring ? openChildRingChannel(socket, ring) : socket;
chooseBufferMemory(order.bufferMemory);
const replies = new Replies(channel, order.outbox === null ? undefined : Outbox.admit(order.outbox));
const ledger = order.ledger === null ? Ledger.createOwn() : Ledger.admit(order.ledger);
const runner = new ChunkRunner(channel, replies, ledger);

// Ctrl-C is the parent's to handle.
process.on('SIGINT', () => {});

async function initialize(initializer: NonNullable<WorkerOrder['initializer']>): Promise<void> {
  const [run, args] = await importGuarded(initializer.module, () => loadCall(initializer, body));
  await run(...(args as unknown[]));
}

async function exit(code: number): Promise<never> {
  await allSent();
  await windUp();
  await taskScope()?.flush();
  await new Promise(setImmediate); // Warnings are printed in a turn of the event loop, and there may have been none since.
  process.exit(code);
}

async function onRequest(request: WorkerRequest, values: Buffer): Promise<void> {
  switch (request.kind) {
    case 'run':
      return runner.accept(request, values);
    case 'abort':
      return runner.abort(request);
    case 'withdraw':
      return runner.withdraw(request.seqs);
    case 'detach':
      return process.getBuiltinModule('node:inspector').close();
    case 'exit':
      return await exit(0);
    default:
      request satisfies never;
  }
}

try {
  if (order.initializer) await initialize(order.initializer);
  channel.send({ kind: 'ready' });
} catch (error) {
  replies.sendValue({ kind: 'failed' }, (options) => encodeThrown(error, currentIdentity().name, options));
  await exit(1);
}
// Not before: an initializer that waits for nothing leaves nothing in the event loop, so its process ends, and that is told.
channel.receive({
  onMessage: onRequest,
  onEnd: endWithParent,
  borrows: true,
});
