import { ChildSocketChannel } from '../channel/child-socket-channel.ts';
import { inheritArena } from '../memory/inherited-arena.ts';
import { type Boot, magicFromArguments } from './boot.ts';
import { assumeIdentity } from './identity.ts';
import { getLogger } from './logger.ts';
import { reportParentGone } from './parent.ts';

/** How long the parent's death can be seen in the child before the child ends too, in milliseconds. */
const MOURNING = 250;

export interface Booted<Out, In, Order> {
  readonly channel: ChildSocketChannel<Out, In>;
  readonly order: Order;
  readonly body: Buffer;
}

/** First thing in a child: waits for the parent's first message, and becomes the process it describes. */
export function bootChild<Out, In, Order>(): Booted<Out, In, Order> {
  const channel = new ChildSocketChannel<Out, In>(magicFromArguments(process.argv));
  process.argv.splice(2);
  const first = channel.readFirst();
  if (!first) process.exit(1); // The parent died while this process booted.
  const boot = first.head as Boot;
  assumeIdentity(boot.identity);
  if (boot.arena !== null) inheritArena(boot.arena);
  getLogger().level = boot.logLevel;
  return { channel, order: boot.order as Order, body: first.body };
}

/** A child whose parent is gone ends, also without a janitor to kill it. */
export function endWithParent(): void {
  reportParentGone();
  setTimeout(() => process.exit(1), MOURNING);
}
