import { connect as connectSocket, type Socket } from 'node:net';
import { TimeoutError } from '../errors/timeout-error.ts';
import { listenForAbort } from '../util/abort.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import { startTimer } from '../util/timer.ts';
import { type NormalizedWait, normalizeWait } from '../util/wait.ts';
import { type Address, checkAddress, toNetOptions } from './address.ts';
import { Connection } from './connection.ts';
import { authenticateAsClient, checkKey, type Key } from './handshake.ts';
import { SocketLink } from './socket-link.ts';
import { toSystemError } from './system-failure.ts';

export interface ConnectOptions {
  /** What the listener's is. Both sides prove that they know it. */
  authKey?: Key;
  /** For connection and handshake together. */
  timeout?: number;
  signal?: AbortSignal;
}

/**
 * Connects to a Listener, in this program or another, also to one of CPython's `multiprocessing`. Rejects with a SystemError
 * (`ECONNREFUSED`, `ENOENT`, …) where nobody listens, an AuthenticationError where the keys differ or only one side has one and
 * that shows, a TimeoutError when time ran out.
 *
 * @example
 * await using connection = await connect('/run/user/1000/jobs', { authKey: process.env.JOBS_KEY ?? '' });
 * await connection.sendBytes(Buffer.from('next'));
 */
export async function connect<T = unknown>(address: Address, options: ConnectOptions = {}): Promise<Connection<T>> {
  const to = checkAddress(address, 1);
  const key = checkKey(options.authKey);
  const { timeout, signal } = normalizeWait(options);
  signal?.throwIfAborted();
  const deadline = performance.now() + timeout;
  const link = new SocketLink(await openSocket(to, { timeout, signal }));
  try {
    if (key !== undefined) await authenticateAsClient(link, key, { deadline, signal });
    return new Connection<T>(link, 'duplex');
  } catch (error) {
    link.close();
    throw error instanceof TimeoutError ? outOfTime(to, timeout) : error;
  }
}

function openSocket(address: Address, { timeout, signal }: NormalizedWait): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const alive = KeepAlive.hold();
    const socket = connectSocket({ ...toNetOptions(address), allowHalfOpen: true, noDelay: true });
    const settle = (act: () => void): void => {
      timer.cancel();
      unlisten();
      socket.off('connect', onConnect);
      alive[Symbol.dispose]();
      act();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        socket.destroy();
        reject(error);
      });
    const onConnect = (): void =>
      settle(() => {
        socket.off('error', onError);
        resolve(socket);
      });
    const onError = (error: Error): void =>
      fail(toSystemError(error, `connect to ${describeAddress(address)}`, 'connect'));
    const timer = startTimer(timeout, () => fail(outOfTime(address, timeout)));
    const unlisten = listenForAbort(signal, () => fail(signal?.reason));
    socket.once('connect', onConnect);
    socket.on('error', onError);
  });
}

function outOfTime(address: Address, timeout: number): TimeoutError {
  return new TimeoutError(
    `Cannot connect to ${describeAddress(address)}: it took longer than ${timeout} ms; wait longer, or look who listens`,
  );
}

function describeAddress(address: Address): string {
  return JSON.stringify(typeof address === 'string' ? address : `${address.host}:${address.port}`);
}
