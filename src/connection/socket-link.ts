import type { Socket } from 'node:net';
import { descriptorOf } from '../os/socket-descriptor.ts';
import { listenForAbort } from '../util/abort.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import { startTimer } from '../util/timer.ts';
import type { NormalizedWait } from '../util/wait.ts';
import type { Link, MessageKind, Received } from './link.ts';
import { brokenPipe, closedMeanwhile, endInsideMessage, endOfFile } from './link-errors.ts';
import { frameHeader, Inbox } from './message-frame.ts';

/** So many bytes are read while nobody receives; the rest waits in the system, and then at the peer. */
const READ_AHEAD = 64 * 1024;
/** Header and message go in one write up to this length. */
const LONGEST_JOINED = 16 * 1024;

/** Tries to finish a call; true when it has. */
type Attempt = () => boolean;

/** A connection between any two programs: a stream socket with CPython's frames on it. */
export class SocketLink implements Link {
  readonly carriage = 'counted';
  readonly socket: Socket;
  readonly #inbox = new Inbox();
  /** Calls that wait for bytes, in their order. */
  readonly #receivers = new Set<Attempt>();
  readonly #watchers = new Set<Attempt>();
  /** Calls whose bytes are not all with the system yet. */
  readonly #senders = new Set<(error: Error) => void>();
  /** Set once no more bytes will come: the cause, if there is one. */
  #end: { readonly cause: Error | undefined } | undefined;
  #isClosed = false;
  /** How many messages are on their way that may take the socket elsewhere. */
  #holds = 0;

  /** The socket must be connected, and allow half of it to be open. */
  constructor(socket: Socket, unread: Buffer = Buffer.alloc(0)) {
    this.socket = socket;
    this.#inbox.add(unread);
    socket.unref();
    socket.on('data', (chunk: Buffer) => {
      this.#inbox.add(chunk);
      this.#serve();
    });
    socket.on('end', () => this.#endReading(undefined));
    socket.on('error', (error) => this.#endReading(error));
    socket.on('close', () => {
      this.#endReading(undefined);
      for (const fail of [...this.#senders]) fail(brokenPipe());
    });
    this.#serve();
  }

  send(_kind: MessageKind, bytes: Uint8Array): Promise<void> {
    const header = frameHeader(bytes.byteLength);
    return new Promise((resolve, reject) => {
      const alive = KeepAlive.hold();
      const settle = (act: () => void): void => {
        if (!this.#senders.delete(fail)) return;
        alive[Symbol.dispose]();
        act();
      };
      const fail = (error: Error): void => settle(() => reject(error));
      const onWritten = (error?: Error | null): void => (error ? fail(brokenPipe({ cause: error })) : settle(resolve));
      this.#senders.add(fail);
      if (bytes.byteLength <= LONGEST_JOINED) {
        this.socket.write(Buffer.concat([header, bytes]), onWritten);
        return;
      }
      this.socket.cork();
      this.socket.write(header);
      this.socket.write(bytes, onWritten);
      this.socket.uncork();
    });
  }

  async receive(maxLength: number, wait: NormalizedWait): Promise<Received | undefined> {
    let bytes: Uint8Array | undefined;
    const attempt = (): boolean => {
      bytes = this.#inbox.tryTake(maxLength);
      if (bytes === undefined && this.#end !== undefined) {
        const { cause } = this.#end;
        throw (this.#inbox.isInsideMessage ? endInsideMessage : endOfFile)(cause && { cause });
      }
      return bytes !== undefined;
    };
    await this.#waitFor(this.#receivers, attempt, wait);
    return bytes && { bytes };
  }

  waitReadable(wait: NormalizedWait): Promise<boolean> {
    return this.#waitFor(this.#watchers, () => this.#isReadable(), wait);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const fail of [...this.#senders]) fail(closedMeanwhile('send to'));
    this.#letGo();
    this.#serve();
  }

  /** Until it is disposed of, close() ends every use here, but the socket stays for `moveOut`. */
  hold(): Disposable {
    this.#holds += 1;
    return {
      [Symbol.dispose]: () => {
        this.#holds -= 1;
        if (this.#isClosed) this.#letGo();
      },
    };
  }

  /**
   * Ends this link in favour of one in another process. Once all is written that was sent, it gives the descriptor to
   * `pass`, and resolves to what has arrived here and is to be read there. Undefined, and the link stays, if `pass` says
   * false; or if the socket is gone.
   */
  async moveOut(pass: (descriptor: number) => boolean): Promise<Uint8Array | undefined> {
    while (this.socket.writableLength > 0 && !this.socket.destroyed) {
      await new Promise<void>((resolve) => this.socket.write('', () => resolve()));
    }
    const descriptor = descriptorOf(this.socket);
    if (descriptor === undefined) return undefined;
    // What Node has read comes into the inbox by way of the listener. No turn passes until the descriptor is closed here.
    while (this.socket.read() !== null);
    if (!pass(descriptor)) return undefined;
    const unread = this.#inbox.takeAll();
    this.socket.destroy();
    this.close();
    return unread;
  }

  #letGo(): void {
    // What has been written is still sent; what the peer sends is not read any more.
    if (this.#holds === 0) this.socket.destroySoon();
    else this.socket.pause();
  }

  /** A message longer than what is read ahead counts as soon as that much of it is there: only `receive` fetches the rest. */
  #isReadable(): boolean {
    return this.#end !== undefined || this.#inbox.byteLength >= READ_AHEAD || this.#hasMessage();
  }

  /** Garbage counts: receiving it says so. */
  #hasMessage(): boolean {
    try {
      return this.#inbox.hasMessage();
    } catch {
      return true;
    }
  }

  #endReading(cause: Error | undefined): void {
    this.#end ??= { cause };
    this.#serve();
  }

  /** Lets those who wait try, first come first, and reads on if that makes sense. */
  #serve(): void {
    for (const receive of this.#receivers) if (!receive()) break;
    for (const watch of this.#watchers) watch();
    if (this.#isClosed) return;
    if (this.#receivers.size > 0 || this.#inbox.byteLength < READ_AHEAD) this.socket.resume();
    else this.socket.pause();
  }

  #waitFor(queue: Set<Attempt>, attempt: Attempt, { timeout, signal }: NormalizedWait): Promise<boolean> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const alive = KeepAlive.hold();
      const settle = (act: () => void): void => {
        queue.delete(tryNow);
        timer.cancel();
        unlisten();
        alive[Symbol.dispose]();
        act();
      };
      const tryNow = (): boolean => {
        try {
          if (this.#isClosed) throw closedMeanwhile('use');
          if (!attempt()) return false;
          settle(() => resolve(true));
        } catch (error) {
          settle(() => reject(error));
        }
        return true;
      };
      const expire = (): void => {
        settle(() => resolve(false));
        this.#serve();
      };
      const timer = timeout === 0 ? afterReading(expire) : startTimer(timeout, expire);
      const unlisten = listenForAbort(signal, () => {
        settle(() => reject(signal?.reason));
        this.#serve();
      });
      queue.add(tryNow);
      this.#serve();
    });
  }
}

/** What had arrived before the call has been read by then: an event loop reads between two immediates. */
function afterReading(act: () => void): { cancel(): void } {
  let immediate = setImmediate(() => {
    immediate = setImmediate(act);
  });
  return { cancel: () => clearImmediate(immediate) };
}
