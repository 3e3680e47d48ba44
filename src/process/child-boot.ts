import { inspect } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import type { ChildChannel } from '../channel/channel.ts';
import { ChildSocketChannel } from '../channel/child-socket-channel.ts';
import { PortChannel } from '../channel/port-channel.ts';
import type { RingHandle } from '../channel/ring-layout.ts';
import { inheritArena } from '../memory/inherited-arena.ts';
import { missingNativeReason } from '../os/native/native.ts';
import { importModule } from '../util/import-module.ts';
import { nodeV8 } from '../wire/node-v8.ts';
import { type Boot, magicFromArguments, type Preload } from './boot.ts';
import { inheritCodeCache } from './code-cache.ts';
import { assumeIdentity } from './identity.ts';
import { importGuarded } from './import-guard.ts';
import { inheritBudget } from './inherited-budget.ts';
import { getLogger } from './logger.ts';
import { reportParentGone } from './parent.ts';
import { inheritStartMethod } from './start-method.ts';

/** How long the parent's death can be seen in the child before the child ends too, in milliseconds. */
const MOURNING = 250;

/** What a thread is started with. */
export interface ThreadData {
  readonly broodPort: MessagePort;
}

export interface Booted<Out, In, Order> {
  readonly channel: ChildChannel<Out, In>;
  readonly ring: RingHandle | null;
  readonly order: Order;
  readonly body: Buffer;
}

/** First thing in a child: waits for the parent's first message, and becomes the process it describes. */
export async function bootChild<Out, In, Order>(): Promise<Booted<Out, In, Order>> {
  const channel = openChannel<Out, In>();
  let { head, body } = readFirst(channel);
  if (head.kind === 'preload') {
    await preload(head.modules);
    ({ head, body } = readFirst(channel));
  }
  const boot = head as Boot;
  if (channel instanceof PortChannel) reportBooted();
  assumeIdentity(boot.identity);
  inheritStartMethod(boot.startMethod);
  if (boot.arena !== null) inheritArena(boot.arena.descriptor, boot.arena.mapping);
  if (boot.budget !== null) inheritBudget(boot.budget);
  getLogger().level = boot.logLevel;
  return { channel, ring: boot.ring, order: boot.order as Order, body };
}

type FirstChannel<Out, In> = ChildSocketChannel<Out, In> | PortChannel<Out, In>;

/** A thread finds its end in what it was started with, a process at descriptors that it has inherited. */
function openChannel<Out, In>(): FirstChannel<Out, In> {
  const magic = magicFromArguments(process.argv);
  inheritCodeCache(process.argv);
  process.argv.splice(2);
  if (!Number.isNaN(magic)) return new ChildSocketChannel(magic);
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  return new PortChannel((workerData as ThreadData).broodPort, 'child');
}

/**
 * A thread that is terminated while it loads koffi takes the whole process with it. So it loads that first, and is not
 * terminated until it has said so.
 */
function reportBooted(): void {
  missingNativeReason();
  process.getBuiltinModule('node:worker_threads').parentPort?.postMessage('booted');
}

function readFirst(channel: FirstChannel<unknown, unknown>): { head: Boot | Preload; body: Buffer } {
  const first = channel.readFirst();
  if (!first) process.exit(1); // The parent died while this process booted, or has no use for a spare any more.
  return first as { head: Boot | Preload; body: Buffer };
}

/** A module that cannot be loaded is no reason not to be a spare: whoever needs it will be told. */
async function preload(modules: readonly string[]): Promise<void> {
  nodeV8(); // With Node's streams, which most of what a spare is handed needs.
  for (const module of modules) {
    try {
      await importGuarded(module, () => importModule(module));
    } catch (error) {
      process.emitWarning(`Cannot preload "${module}": ${inspect(error)}`, { code: 'BROOD_PRELOAD_FAILED' });
    }
  }
  await new Promise(setImmediate); // From here on the process blocks: warnings are printed in a turn of their own.
}

/** A child whose parent is gone ends, also without a janitor to kill it. */
export function endWithParent(): void {
  reportParentGone();
  setTimeout(() => process.exit(1), MOURNING);
}
