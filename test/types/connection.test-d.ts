// The names of brood/connection, compared with the contract.
import { Process } from 'brood';
import { type Address, Connection, connect, Listener, pipe, type Sentinel, wait } from 'brood/connection';
import { exactly } from '../support/exactly.js';

export async function compare(): Promise<void> {
  const [a, b] = pipe<number>();
  exactly<Connection<number>>()(a);
  exactly<[Connection<unknown>, Connection<unknown>]>()(pipe());
  exactly<Connection<string>>()(pipe<string>({ duplex: false })[0]);
  exactly<number>()(await a.recv());
  exactly<number>()(await a.recv({ timeout: 5, signal: AbortSignal.timeout(5) }));
  exactly<void>()(await b.send(1));
  // @ts-expect-error the pipe carries numbers
  await b.send('text');
  exactly<void>()(await a.sendBytes(new Uint8Array(1), 0, 1));
  exactly<Uint8Array>()(await a.recvBytes({ maxLength: 5, timeout: 5 }));
  exactly<number>()(await a.recvBytesInto(new Uint8Array(1), 0));
  exactly<boolean>()(await a.poll());
  exactly<boolean>()(a.closed && a.readable && a.writable);
  // @ts-expect-error read-only
  a.closed = true;
  for await (const value of a) exactly<number>()(value);
  await using disposed: AsyncDisposable = a;
  void disposed;

  const listener = await Listener.listen({ address: { host: '127.0.0.1', port: 0 }, backlog: 1, authKey: 'key' });
  exactly<Listener>()(listener);
  exactly<Address>()(listener.address);
  exactly<Address | null>()(listener.lastAccepted);
  exactly<Connection<unknown>>()(await listener.accept());
  exactly<Connection<string>>()(await listener.accept<string>(5));
  exactly<Connection<string>>()(await connect<string>(listener.address, { authKey: new Uint8Array(1), timeout: 5 }));
  // @ts-expect-error only listen() makes one
  new Listener();

  const child = new Process();
  exactly<Array<Connection<number>>>()(await wait([a, b], 5));
  exactly<Process[]>()(await wait([child]));
  const mixed: Array<Connection | Sentinel | Process> = await wait([a as Connection, child, child.sentinel]);
  void mixed;
  // @ts-expect-error nothing that can be waited for
  await wait([5]);
  exactly<typeof Connection>()(Connection);
}
