import type * as Frame from '../../dist/channel/frame.js';
import type * as SocketChannel from '../../dist/channel/socket-channel.js';
import type * as Deque from '../../dist/util/deque.js';
import type * as StateMachine from '../../dist/util/state-machine.js';
import type * as Timer from '../../dist/util/timer.js';
import type * as Wait from '../../dist/util/wait.js';
import type * as Codec from '../../dist/wire/codec.js';
import type * as FindFunction from '../../dist/wire/find-function.js';

interface Internals {
  'channel/frame.js': typeof Frame;
  'channel/socket-channel.js': typeof SocketChannel;
  'util/deque.js': typeof Deque;
  'util/state-machine.js': typeof StateMachine;
  'util/timer.js': typeof Timer;
  'util/wait.js': typeof Wait;
  'wire/codec.js': typeof Codec;
  'wire/find-function.js': typeof FindFunction;
}

/** URL of a file of the installed package that is no entry of it. */
export function internalUrl(path: string): string {
  return new URL(path, import.meta.resolve('brood')).href;
}

/** Imports such a file: the very modules that `brood` itself runs on. */
export async function importInternal<P extends keyof Internals>(path: P): Promise<Internals[P]> {
  return (await import(internalUrl(path))) as Internals[P];
}
