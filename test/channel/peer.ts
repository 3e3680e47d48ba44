import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Channel } from '#dist/channel/channel.js';
import { openRingChannel } from '#dist/channel/open-ring-channel.js';
import { drawMagic, SocketChannel } from '#dist/channel/socket-channel.js';
import { arenaForChildren } from '#dist/memory/current-arena.js';

const program = fileURLToPath(new URL('../fixtures/channel/peer.mjs', import.meta.url));

export type Head = Record<string, unknown>;
export type Kind = 'socket' | 'ring';
export const KINDS: readonly Kind[] = ['socket', 'ring'];

/** A child on the other end of a channel, and what has come from it after its greeting. */
export class Peer {
  readonly child: ChildProcess;
  readonly channel: Channel<Head, Head>;
  /** Where the child's bytes arrive. */
  readonly fromChild: Socket;
  readonly messages: Array<{ head: Head; body: Buffer }> = [];
  readonly ended: Promise<Error | undefined>;
  /** The child uses the rings. */
  isRing: boolean | undefined;
  readonly #magic = drawMagic();
  readonly #exit: Promise<string>;
  #end: { readonly error: Error | undefined } | undefined;
  #onNews = (): void => {};

  constructor(kind: Kind, { file = program, env = {} }: { file?: string; env?: NodeJS.ProcessEnv } = {}) {
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', arenaForChildren() as number] as const;
    this.child = spawn(process.execPath, [file, import.meta.resolve('brood'), String(this.#magic)], {
      stdio: [...stdio],
      env: { ...process.env, ...env },
    });
    this.#exit = once(this.child, 'exit').then(([code, signal]) =>
      signal ? `by ${signal}` : `with exit code ${code}`,
    );
    const [toChild, fromChild] = this.child.stdio.slice(3, 5) as [Socket, Socket];
    this.fromChild = fromChild;
    const socket = new SocketChannel<Head, Head>(toChild, fromChild, this.#magic);
    const rings = kind === 'ring' ? openRingChannel(socket) : undefined;
    socket.send({ ring: rings?.handle ?? null });
    this.channel = rings?.channel ?? socket;
    this.ended = new Promise((resolve) => {
      this.channel.receive({
        onMessage: (head, body) => {
          if (head.ready === true) this.isRing = head.isRing === true;
          else this.messages.push({ head, body });
          this.#onNews();
        },
        onEnd: (error) => {
          this.#end = { error };
          resolve(error);
          this.#onNews();
        },
      });
    });
  }

  async received(count: number): Promise<void> {
    await this.#until(() => this.messages.length >= count);
  }

  async ready(): Promise<this> {
    await this.#until(() => this.isRing !== undefined);
    return this;
  }

  /** Throws, and says how the child ended, if the channel ends before. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#end) {
        const story = `The channel ended after ${this.messages.length} messages, the child ${await this.#exit}`;
        throw new Error(story, { cause: this.#end.error });
      }
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exit;
    this.channel.close();
  }
}
