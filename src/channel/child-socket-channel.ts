import { readSync, writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import { nap } from '../util/nap.ts';
import type { ChannelListener, ChildChannel } from './channel.ts';
import { INBOUND, OUTBOUND } from './descriptors.ts';
import { encodeFrame, FrameReader } from './frame.ts';

/** How long to wait before writing again to a descriptor that somebody made non-blocking, in milliseconds. */
const RETRY = 1;

/** The child's end. The first message may be read without an event loop; sending blocks until the bytes are out. */
export class ChildSocketChannel<Out, In> implements ChildChannel<Out, In> {
  readonly #magic: number;
  readonly #reader: FrameReader;
  /** What arrived behind the first message. */
  readonly #early: Array<{ head: unknown; body: Buffer }> = [];
  #socket: Socket | undefined;
  #listener: ChannelListener<In> | undefined;
  #isClosed = false;

  constructor(magic: number) {
    this.#magic = magic;
    this.#reader = new FrameReader(magic);
  }

  /** Blocks for the first message; undefined if the parent is gone. Only before `receive`. */
  readFirst(): { head: unknown; body: Buffer } | undefined {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    while (this.#early.length === 0) {
      const length = readSync(INBOUND, buffer);
      if (length === 0) return undefined;
      for (const frame of this.#reader.read(Buffer.from(buffer.subarray(0, length)))) this.#early.push(frame);
    }
    return this.#early.shift();
  }

  send(head: Out, ...body: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    let parts = encodeFrame(this.#magic, head, body);
    while (parts.length > 0) {
      const written = this.#write(parts);
      if (written === undefined) return;
      parts = skip(parts, written);
    }
  }

  receive(listener: ChannelListener<In>): void {
    this.#listener = listener;
    const { onMessage } = listener;
    for (const { head, body } of this.#early.splice(0)) onMessage(head as In, body);
    // Not imported at the top: it takes longer to load than what is over soon may need, and that does not listen.
    const { Socket } = process.getBuiltinModule('node:net');
    const socket = new Socket({ fd: INBOUND, readable: true, writable: false });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const { head, body } of this.#reader.read(chunk)) {
          if (this.#isClosed) return;
          onMessage(head as In, body);
        }
      } catch (error) {
        this.#end(error as Error);
      }
    });
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
  }

  /** The event loop waits as well as anything. */
  rest(): void {}

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #end(error?: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#listener?.onEnd(error);
  }

  /** Undefined if the parent is gone. */
  #write(parts: readonly Uint8Array[]): number | undefined {
    for (;;) {
      try {
        return writevSync(OUTBOUND, parts);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
          this.#end(error as Error);
          return undefined;
        }
        nap(RETRY);
      }
    }
  }
}

function skip(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const rest: Uint8Array[] = [];
  for (const part of parts) {
    if (left >= part.byteLength) left -= part.byteLength;
    else {
      rest.push(left > 0 ? part.subarray(left) : part);
      left = 0;
    }
  }
  return rest;
}
