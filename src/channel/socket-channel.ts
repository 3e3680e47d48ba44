import type { Duplex } from 'node:stream';
import type { Channel, ChannelListener } from './channel.ts';
import { encodeFrame, FrameReader } from './frame.ts';

/** A number for `FrameReader`, made by the parent and told to the child. */
export function drawMagic(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] as number;
}

/**
 * The parent's end: two socket pairs, one for each direction. One would do for the bytes; but the child writes to its own
 * without an event loop, blocking, so that an answer has left the process before the next step is taken.
 */
export class SocketChannel<Out, In> implements Channel<Out, In> {
  readonly #toChild: Duplex;
  readonly #fromChild: Duplex;
  readonly #magic: number;
  #isClosed = false;

  constructor(toChild: Duplex, fromChild: Duplex, magic: number) {
    this.#toChild = toChild;
    this.#fromChild = fromChild;
    this.#magic = magic;
    // A write to a child that just died fails; its end is told by what it wrote last, and by its exit.
    toChild.on('error', () => {});
    toChild.resume(); // Nothing is read here, but its end must be noticed for the handle to close.
  }

  send(head: Out, ...body: readonly Uint8Array[]): void {
    if (this.#isClosed || !this.#toChild.writable) return;
    this.#toChild.cork();
    for (const part of encodeFrame(this.#magic, head, body)) this.#toChild.write(part);
    this.#toChild.uncork();
  }

  receive({ onMessage, onEnd, onDeaf }: ChannelListener<In>): void {
    const reader = new FrameReader(this.#magic);
    const end = (error?: Error): void => {
      if (this.#isClosed) return;
      this.close();
      onEnd(error);
    };
    this.#fromChild.on('data', (chunk: Buffer) => {
      try {
        for (const { head, body } of reader.read(chunk)) {
          if (this.#isClosed) return;
          onMessage(head as In, body); // The magic vouches for the writer, the protocol's reader for the rest.
        }
      } catch (error) {
        end(error as Error);
      }
    });
    this.#toChild.on('close', () => {
      if (!this.#isClosed) onDeaf?.();
    });
    this.#fromChild.on('error', () => end());
    this.#fromChild.on('close', () => end());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#toChild.destroy();
    this.#fromChild.destroy();
  }
}
