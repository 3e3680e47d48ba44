// The program of a child process that a `Process` object stands for.
import { inspect } from 'node:util';
import { allSent } from '../util/unsent.ts';
import { decode } from '../wire/codec.ts';
import { loadCall } from '../wire/load-call.ts';
import { bootChild, endWithParent } from './child-boot.ts';
import { windUp } from './children.ts';
import { flushOutput } from './flush-output.ts';
import { currentIdentity } from './identity.ts';
import { importGuarded } from './import-guard.ts';
import { type Call, inheritCall } from './inherited-call.ts';
import type { Process } from './process.ts';
import type { ProcessOrder, ProcessReply, ProcessRequest } from './process-protocol.ts';
import { runInContext, type TaskContext } from './task-context.ts';

const { channel, order, body } = await bootChild<ProcessReply, ProcessRequest, ProcessOrder>();
/** How long the parent's requests, and its end, may go unnoticed after the start, in milliseconds. */
const DEAF_TIME = 5;

const stop = new AbortController();
/** Whether anybody in here has looked at the signal that `stop` aborts; while the target loads, nobody can have. */
let hearing: 'loading' | 'unheard' | 'heard' = 'loading';

const context: TaskContext = {
  id: 1,
  attempt: 1,
  get signal() {
    hearing = 'heard';
    return stop.signal;
  },
  deadline: null,
  progress: () => {},
};

// What listens to a socket takes longer to load than a short target needs.
setTimeout(() => {
  channel.receive({
    onMessage() {
      stop.abort();
      if (hearing === 'unheard') channel.send({ kind: 'unheard' });
    },
    onEnd: endWithParent,
  });
}, DEAF_TIME);

// Node prints the error behind it, and ends with exit code 1.
process.on('uncaughtExceptionMonitor', () => process.stderr.write(`Process ${currentIdentity().name}:\n`));

/** What to run, with its modules loaded. */
async function prepare(): Promise<() => unknown> {
  switch (order.kind) {
    case 'nothing':
      return () => undefined;
    case 'call': {
      const [target, args] = await loadCall(order.target, body);
      return () => target(...(args as unknown[]));
    }
    case 'run': {
      const { process: self, ...call } = (await decode(body)) as { process: Process } & Call;
      inheritCall(self, call);
      return () => self.run();
    }
    default:
      throw order satisfies never;
  }
}

try {
  const run = await importGuarded(order.kind === 'call' ? order.target.module : 'the module of its class', prepare);
  const running = runInContext(context, run);
  if (hearing === 'loading') {
    hearing = 'unheard';
    if (stop.signal.aborted) channel.send({ kind: 'unheard' });
  }
  await running;
} catch (error) {
  process.stderr.write(
    `Process ${currentIdentity().name}:\n${error instanceof Error ? inspect(error) : `Uncaught ${inspect(error)}`}\n`,
  );
  process.exitCode = 1;
}
await allSent();
await windUp();
await flushOutput();
process.exit();
