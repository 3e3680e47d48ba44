import { BroodError } from '../errors/brood-error.ts';
import { BufferTooShort } from '../errors/buffer-too-short.ts';
import { EOFError } from '../errors/eof-error.ts';
import { StateError } from '../errors/state-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import type { CellLife } from '../memory/cells.ts';
import { StateMachine } from '../util/state-machine.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import { encode } from '../wire/codec.ts';
import { CONNECTION_TRANSITIONS, type ConnectionEvent, type ConnectionState } from './connection-state.ts';
import { decodeMessage } from './decode-message.ts';
import type { Link, Received } from './link.ts';
import { checkLength, checkRange } from './ranges.ts';

export interface ReceiveOptions {
  /** Bytes; default: as many as memory takes. */
  maxLength?: number;
  timeout?: number;
  signal?: AbortSignal;
}

/** For the files of this folder: what is behind a connection. */
export let linkOf: (connection: Connection) => Link;

/** A link lives as long as its connection: one that is forgotten without close() is closed when it is collected. */
const forgotten = new FinalizationRegistry<Link>((link) => link.close());

/**
 * One end of a message channel. Boundaries are kept: what was one send is one receive, the empty message included. Values
 * travel with `send` and `recv`, bytes with `sendBytes` and `recvBytes`; the latter also to and from Python.
 *
 * May be sent to another process. An end of a pipe is then of both, and each closes its own; messages go to whoever
 * receives first. A connection over a socket moves, inside the tree: received there, with all that had arrived, it is
 * closed here; close() before that is only for here.
 * Concurrent calls are served in their order. An idle connection does not keep the program alive, a pending call does.
 * Anything after close() is a StateError, as is sending on an end that only receives and the reverse.
 *
 * @example
 * const [here, there] = pipe<string>();
 * const child = new Process({ target: answer, args: [there] });
 * child.start();
 * there.close();
 * await here.send('ping');
 * console.log(await here.recv());
 */
export class Connection<T = unknown> implements AsyncIterable<T>, AsyncDisposable {
  readonly #link: Link;
  readonly #state: StateMachine<ConnectionState, ConnectionEvent>;

  /** @internal */
  constructor(link: Link, state: ConnectionState) {
    this.#link = link;
    this.#state = new StateMachine('a connection', CONNECTION_TRANSITIONS, state, { closed: () => this.#letGo() });
    forgotten.register(this, link, this);
  }

  static {
    linkOf = (connection) => connection.#link;
  }

  /**
   * Takes its snapshot of the value when called, and throws a SerializationError if that cannot cross. Settles once the
   * message is out of this process: it may end then, and the message is delivered. BrokenPipeError when the peer is gone.
   */
  async send(value: T): Promise<void> {
    this.#check('send to', this.writable, 'read-only');
    const list: CellLife[] = [];
    const bytes = encode(value, 'value', { carriage: this.#link.carriage, list });
    await this.#link.send('value', bytes, list);
  }

  /**
   * EOFError when the peer is gone and all is read, TimeoutError when time ran out. As it makes whatever the peer tells it
   * to, receive values only from peers that you trust, or that know the key.
   */
  async recv(wait?: Wait): Promise<T> {
    const message = await this.#receive({}, normalizeWait(wait));
    try {
      return (await decodeMessage(message.bytes)) as T;
    } finally {
      message.release?.();
    }
  }

  /** `data`, or `size` bytes of it from `offset`. They must not change until it settles. RangeError if there are none such. */
  async sendBytes(data: Uint8Array, offset: number = 0, size?: number): Promise<void> {
    this.#check('send to', this.writable, 'read-only');
    await this.#link.send('bytes', checkRange(data, offset, size));
  }

  /** The bytes are the caller's own. A message above `maxLength` stays unread, rejects with code `ERR_MESSAGE_TOO_LONG`, and ends reading here. */
  async recvBytes(options: ReceiveOptions = {}): Promise<Uint8Array> {
    return bytesOf(await this.#receive(options, normalizeWait(options)));
  }

  /** The number of bytes that were written to `target` from `offset` on. A BufferTooShort has the message that did not fit. */
  async recvBytesInto(target: Uint8Array, offset: number = 0): Promise<number> {
    const room = checkRange(target, offset);
    const bytes = bytesOf(await this.#receive({}, normalizeWait(undefined)));
    if (bytes.byteLength > room.byteLength) {
      throw new BufferTooShort(
        `Cannot receive into ${room.byteLength} bytes: the message has ${bytes.byteLength}; take it from this error's "bytes"`,
        bytes,
      );
    }
    room.set(bytes);
    return bytes.byteLength;
  }

  /** True once something can be received, end of file included; false if time ran out. Without a wait it only looks. */
  async poll(wait: Wait = 0): Promise<boolean> {
    this.#check('poll', this.readable, 'write-only');
    return await this.#link.waitReadable(normalizeWait(wait));
  }

  /** Lets go of this end; pending calls reject with a StateError. What was sent still arrives. Again: nothing. */
  close(): void {
    this.#state.move('close');
  }

  get closed(): boolean {
    return this.#state.state === 'closed';
  }

  /** False after close(), on an end that only sends, and once reading has ended on an error. */
  get readable(): boolean {
    return this.#state.state === 'duplex' || this.#state.state === 'readOnly';
  }

  get writable(): boolean {
    return this.#state.state === 'duplex' || this.#state.state === 'writeOnly';
  }

  /** Receives until the end of file. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let value: T;
      try {
        value = await this.recv();
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
      yield value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #receive({ maxLength }: ReceiveOptions, wait: ReturnType<typeof normalizeWait>): Promise<Received> {
    const limit = checkLength(maxLength);
    this.#check('receive from', this.readable, 'write-only');
    wait.signal?.throwIfAborted();
    let message: Received | undefined;
    try {
      message = await this.#link.receive(limit, wait);
    } catch (error) {
      if (error instanceof BroodError && ENDS_READING.includes(error.code)) this.#state.move('endReading');
      throw error;
    }
    if (message !== undefined) return message;
    throw new TimeoutError(
      `Cannot receive from the connection: no message came within ${wait.timeout} ms; wait longer, or poll() first`,
    );
  }

  #check(action: string, isAllowed: boolean, otherwise: string): void {
    if (isAllowed) return;
    const [state, remedy] = this.closed ? ['closed', 'open another'] : [otherwise, 'use the other end'];
    throw new StateError(`Cannot ${action} the connection: it is ${state}; ${remedy}`);
  }

  #letGo(): void {
    forgotten.unregister(this);
    this.#link.close();
  }
}

/** For whoever wants no value: what it refers to is let go of. */
function bytesOf({ bytes, release }: Received): Uint8Array {
  release?.();
  return bytes;
}

/** After these nobody knows where the next message begins, or wants it. */
const ENDS_READING: readonly string[] = ['ERR_MESSAGE_TOO_LONG', 'ERR_BAD_MESSAGE'];
