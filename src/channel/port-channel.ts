import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { ChannelListener, ChildChannel } from './channel.ts';

interface PortMessage {
  readonly head: unknown;
  readonly body: Uint8Array;
}

/** Either end of a channel between two threads of one process. The first message may be read without an event loop. */
export class PortChannel<Out, In> implements ChildChannel<Out, In> {
  readonly #port: MessagePort;
  readonly #side: 'parent' | 'child';
  #isClosed = false;

  /** Receiving keeps the event loop of a child going, as a socket does, and not that of its parent. */
  constructor(port: MessagePort, side: 'parent' | 'child') {
    this.#port = port;
    this.#side = side;
  }

  /** What has arrived already; undefined for nothing. Only before `receive`. */
  readFirst(): { head: unknown; body: Buffer } | undefined {
    const first = receiveMessageOnPort(this.#port)?.message as PortMessage | undefined;
    return first && { head: first.head, body: asBuffer(first.body) };
  }

  send(head: Out, ...body: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    // Copied once, into memory of its own, which is moved; the sender keeps what it passed.
    const bytes = concat(body);
    this.#port.postMessage({ head, body: bytes } satisfies PortMessage, [bytes.buffer]);
  }

  receive({ onMessage, onEnd }: ChannelListener<In>): void {
    this.#port.on('message', ({ head, body }: PortMessage) => {
      if (!this.#isClosed) onMessage(head as In, asBuffer(body));
    });
    this.#port.on('close', () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      onEnd();
    });
    if (this.#side === 'parent') this.#port.unref();
  }

  /** Nothing: a thread's messages come by its event loop. */
  rest(): void {}

  close(): void {
    this.#isClosed = true;
    this.#port.close();
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
