import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { AuthenticationError } from '../errors/authentication-error.ts';
import { StateError } from '../errors/state-error.ts';
import { TimeoutError } from '../errors/timeout-error.ts';
import { guardName, releaseName } from '../process/janitor.ts';
import { StateMachine } from '../util/state-machine.ts';
import { normalizeWait, type Wait } from '../util/wait.ts';
import { type Address, checkAddress, peerAddress, toAddress, toNetOptions } from './address.ts';
import { Arrivals } from './arrivals.ts';
import { Connection } from './connection.ts';
import { authenticateAsListener, checkKey, type Key } from './handshake.ts';
import { LISTENER_TRANSITIONS, type ListenerEvent, type ListenerState } from './listener-state.ts';
import { SocketFolder } from './socket-folder.ts';
import { SocketLink } from './socket-link.ts';
import { toSystemError } from './system-failure.ts';

/** How long a peer may take to prove that it knows the key, in milliseconds. */
const HANDSHAKE_LIMIT = 10_000;
/** How many may have connected to the system without having been seen by this process. */
const BACKLOG = 511;

export interface ListenOptions {
  /** Default: a Unix socket of its own, in a folder that only this user may enter. Port 0: any that is free. */
  address?: Address;
  backlog?: number;
  /** With it both sides prove that they know it, and no byte of it crosses. */
  authKey?: Key;
}

/**
 * Waits for connections of other programs, on a Unix socket or TCP. Peers are let in and authenticated as they come, all at
 * the same time: one that is slow, or silent, holds up nobody and is dropped after 10 seconds.
 *
 * A pending accept() keeps the program alive, a listener does not. The socket's name goes with the process, however that ends.
 *
 * @example
 * await using listener = await Listener.listen({ address: { host: '127.0.0.1', port: 0 }, authKey: 'secret' });
 * const connection = await listener.accept();
 */
export class Listener implements AsyncDisposable {
  /** Rejects with a SystemError: `EADDRINUSE`, `EACCES`, … */
  static async listen(options: ListenOptions = {}): Promise<Listener> {
    const key = checkKey(options.authKey);
    const backlog = checkBacklog(options.backlog);
    const asked = options.address === undefined ? undefined : checkAddress(options.address, 0);
    const folder = asked === undefined ? new SocketFolder() : undefined;
    const address = asked ?? (folder as SocketFolder).path;
    // Before the name exists, whatever becomes of this process then. One that exists is somebody else's, and refused.
    const guarded = folder === undefined && isFile(address) && !existsSync(address) ? address : undefined;
    if (guarded !== undefined) guardName(guarded);
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    try {
      const listening = once(server, 'listening');
      server.listen({ ...toNetOptions(address), backlog });
      await listening;
    } catch (error) {
      folder?.[Symbol.dispose]();
      if (guarded !== undefined) releaseName(guarded);
      throw toSystemError(error as Error, `listen at ${JSON.stringify(address)}`, 'listen');
    }
    return new Listener(server, toAddress(server.address(), address), key, folder);
  }

  /** What peers connect to; the port is the real one. */
  readonly address: Address;
  readonly #server: Server;
  readonly #key: Uint8Array | undefined;
  readonly #folder: SocketFolder | undefined;
  readonly #arrivals = new Arrivals();
  readonly #handshakes = new Set<SocketLink>();
  readonly #state: StateMachine<ListenerState, ListenerEvent>;
  #lastAccepted: Address | null = null;

  private constructor(server: Server, address: Address, key: Uint8Array | undefined, folder: SocketFolder | undefined) {
    this.address = address;
    this.#server = server;
    this.#key = key;
    this.#folder = folder;
    this.#state = new StateMachine('a listener', LISTENER_TRANSITIONS, 'listening', { closed: () => this.#end() });
    server.unref();
    server.on('connection', (socket) => void this.#welcome(socket));
    // Out of descriptors, say: those who could not be let in have been disconnected, the rest goes on.
    server.on('error', (error) => this.#arrivals.add({ error: toSystemError(error, 'accept a connection', 'accept') }));
  }

  /**
   * The next peer. One that fails the handshake rejects one call with an AuthenticationError, and the listener goes on.
   * TimeoutError when time ran out, StateError once closed.
   */
  async accept<T = unknown>(wait?: Wait): Promise<Connection<T>> {
    const normalized = normalizeWait(wait);
    if (this.#state.state === 'closed') throw new StateError('Cannot accept: the listener is closed; listen again');
    const arrival = await this.#arrivals.next(normalized);
    if (arrival === undefined) {
      throw new TimeoutError(`Cannot accept: nobody connected within ${normalized.timeout} ms; wait longer`);
    }
    if ('error' in arrival) throw arrival.error;
    this.#lastAccepted = arrival.from;
    return new Connection<T>(arrival.link, 'duplex');
  }

  /** Where the last accepted peer came from; null before, and for Unix sockets, whose peers have no name. */
  get lastAccepted(): Address | null {
    return this.#lastAccepted;
  }

  /** Connections that were accepted go on; those that were not are closed. Pending accepts reject with a StateError. Again: nothing. */
  close(): void {
    this.#state.move('close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #welcome(socket: Socket): Promise<void> {
    const from = peerAddress(socket);
    const link = new SocketLink(socket);
    this.#handshakes.add(link);
    try {
      if (this.#key !== undefined) {
        await authenticateAsListener(link, this.#key, { deadline: performance.now() + HANDSHAKE_LIMIT });
      }
      if (this.#handshakes.has(link)) this.#arrivals.add({ link, from });
    } catch (error) {
      link.close();
      if (this.#handshakes.has(link)) this.#arrivals.add({ error: asAuthenticationError(error as Error) });
    } finally {
      this.#handshakes.delete(link);
    }
  }

  #end(): void {
    this.#server.close();
    for (const link of this.#handshakes) link.close();
    this.#handshakes.clear();
    this.#arrivals.end();
    this.#folder?.[Symbol.dispose]();
    if (this.#folder === undefined && isFile(this.address)) releaseName(this.address);
  }
}

/** To accept(), a TimeoutError is its own. */
function asAuthenticationError(error: Error): Error {
  return error instanceof TimeoutError ? new AuthenticationError(error.message, { cause: error }) : error;
}

/** An abstract name is in no file system. */
function isFile(address: Address): address is string {
  return typeof address === 'string' && !address.startsWith('\0');
}

function checkBacklog(backlog: number = BACKLOG): number {
  if (Number.isInteger(backlog) && backlog >= 1) return backlog;
  throw new RangeError(`Cannot listen with a backlog of ${String(backlog)}; give a whole number from 1 on`);
}
