import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateError, TimeoutError } from 'brood';
import {
  type Address,
  AuthenticationError,
  BrokenPipeError,
  BufferTooShort,
  type Connection,
  connect,
  EOFError,
  Listener,
} from 'brood/connection';
import * as ends from '../fixtures/connection/ends.js';
import { closing, startProcess, text } from './support.js';

const TCP: Address = { host: '127.0.0.1', port: 0 };

async function connectedPair(t: TestContext, address?: Address): Promise<[Connection, Connection]> {
  const listener = closing(t, await Listener.listen(address === undefined ? {} : { address }));
  const [near, far] = await Promise.all([connect(listener.address), listener.accept()]);
  return [closing(t, near), closing(t, far)];
}

/** A stranger who says what it likes, and one of our connections at its other side. */
async function strangerAndUs(t: TestContext): Promise<[Socket, Connection]> {
  const listener = closing(t, await Listener.listen({ address: TCP }));
  const socket = connectSocket(listener.address as { host: string; port: number });
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  return [socket, closing(t, await listener.accept())];
}

for (const [kind, address] of [
  ['Unix', undefined],
  ['TCP', TCP],
  ['abstract', `\0brood-test-${process.pid}`],
] as const) {
  test(`Values and bytes cross a ${kind} socket in both directions, whatever their size`, async (t) => {
    const [near, far] = await connectedPair(t, address);
    await near.send({ a: new Map([[1, 'one']]) });
    assert.deepEqual(await far.recv(), { a: new Map([[1, 'one']]) });
    for (const size of [0, 1, 16_384, 16_385, 64 * 1024, 8 * 2 ** 20]) {
      const bytes = new Uint8Array(size).fill(3);
      const [got] = await Promise.all([near.recvBytes(), far.sendBytes(bytes)]);
      assert.ok(Buffer.from(got).equals(bytes), `${size} bytes`);
    }
    const target = new Uint8Array(3);
    await near.sendBytes(Buffer.from('four'));
    const error = await far.recvBytesInto(target).catch((it: unknown) => it);
    assert.ok(error instanceof BufferTooShort && text(error.bytes) === 'four');
  });

  test(`After a ${kind} peer has closed, what it sent is received, then comes EOFError and BrokenPipeError`, async (t) => {
    const [near, far] = await connectedPair(t, address);
    await far.send(1);
    await far.send(2);
    far.close();
    assert.deepEqual([await near.recv(), await near.recv()], [1, 2]);
    assert.equal(await near.poll(Number.POSITIVE_INFINITY), true);
    await assert.rejects(near.recv(), EOFError);
    await assert.rejects(async () => {
      for (let n = 0; n < 100; n += 1) {
        await near.send(n);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }, BrokenPipeError);
  });
}

test('poll() on a socket sees what has arrived, and takes nothing', async (t) => {
  const [near, far] = await connectedPair(t);
  assert.equal(await near.poll(), false);
  assert.equal(await near.poll(10), false);
  await far.sendBytes(new Uint8Array(0));
  assert.equal(await near.poll(), true);
  assert.equal((await near.recvBytes()).byteLength, 0);
  assert.equal(await near.poll(), false);
});

test('Timeouts, aborts and close() of a socket connection are those of any other', async (t) => {
  const [near, far] = await connectedPair(t);
  await assert.rejects(near.recv(0), TimeoutError);
  await assert.rejects(near.recv(10), TimeoutError);
  const controller = new AbortController();
  const aborted = near.recv({ signal: controller.signal });
  const next = near.recv();
  controller.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  await far.send('kept');
  assert.equal(await next, 'kept');
  const pending = near.recv();
  near.close();
  await assert.rejects(pending, StateError);
  await assert.rejects(near.send(1), StateError);
  await assert.rejects(far.recv(), EOFError);
});

test('A message that a peer cuts off at any byte never arrives', async (t) => {
  const listener = closing(t, await Listener.listen({ address: TCP }));
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.alloc(8, 1)]);
  for (let length = 0; length < frame.byteLength; length += 1) {
    const socket = connectSocket(listener.address as { host: string; port: number });
    socket.end(frame.subarray(0, length));
    const connection = await listener.accept();
    await assert.rejects(connection.recvBytes(), EOFError);
    connection.close();
    socket.destroy();
  }
});

test('A giant length costs one error and no memory', async (t) => {
  const [socket, connection] = await strangerAndUs(t);
  const before = process.memoryUsage().rss;
  socket.write(Buffer.from('ffffffff0000001000000000', 'hex')); // 64 GiB
  await assert.rejects(connection.recvBytes({ maxLength: 1e6 }), { code: 'ERR_MESSAGE_TOO_LONG' });
  assert.deepEqual([connection.readable, connection.writable], [false, true]);
  assert.ok(process.memoryUsage().rss - before < 100e6);
});

test('A length that none can be is one error, and ends reading', async (t) => {
  const [socket, connection] = await strangerAndUs(t);
  socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n').fill(0xfe, 0, 4));
  assert.equal(await connection.poll(Number.POSITIVE_INFINITY), true);
  await assert.rejects(connection.recvBytes(), { code: 'ERR_BAD_MESSAGE' });
  await assert.rejects(connection.recvBytes(), StateError);
});

test('A peer that sends without end while nobody receives fills no memory here', async (t) => {
  const [socket, connection] = await strangerAndUs(t);
  const before = process.memoryUsage().rss;
  socket.write(Buffer.from('7fffffff', 'hex'));
  let sent = 0;
  const chunk = Buffer.alloc(2 ** 20);
  while (socket.write(chunk) || (await Promise.race([once(socket, 'drain').then(() => true), pause()]))) sent += 1;
  assert.ok(sent < 64, `${sent} MiB went through`);
  assert.equal(await connection.poll(60_000), true, 'there is something to receive');
  await assert.rejects(connection.recvBytes({ maxLength: 1e6 }), { code: 'ERR_MESSAGE_TOO_LONG' });
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

const pause = (): Promise<false> => new Promise((resolve) => setTimeout(resolve, 300, false));

test('What is no value of ours is a SerializationError, and the connection goes on', async (t) => {
  const [near, far] = await connectedPair(t);
  await near.sendBytes(Buffer.from('garbage'));
  await near.send('next');
  await assert.rejects(far.recv(), { name: 'SerializationError' });
  assert.equal(await far.recv(), 'next');
});

test('A peer that has shut down its sending half can still be sent to', async (t) => {
  const [socket, connection] = await strangerAndUs(t);
  socket.end();
  await assert.rejects(connection.recvBytes(), EOFError);
  await connection.sendBytes(Buffer.from('after'));
  const [chunk] = await once(socket, 'data');
  assert.equal(Buffer.from(chunk).toString('latin1'), '\0\0\0\x05after');
});

test('Listener.listen() puts its Unix socket into a folder for this user alone, and removes both at close()', async () => {
  const listener = await Listener.listen();
  const folder = dirname(String(listener.address));
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  listener.close();
  listener.close();
  assert.ok(!existsSync(folder));
  await assert.rejects(listener.accept(), { name: 'StateError', message: /closed/ });
});

test('The socket of a process that is killed is removed', async (t) => {
  const { pipe } = await import('brood/connection');
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.listenAndWait, [there]);
  const folder = dirname(await here.recv());
  assert.ok(existsSync(folder));
  child.kill();
  await child.join();
  while (existsSync(folder)) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('A process that is no child connects by address alone', async (t) => {
  const listener = closing(t, await Listener.listen());
  const child = startProcess(t, ends.connectAndSend, [String(listener.address), { from: 'afar' }]);
  const connection = await listener.accept();
  assert.deepEqual(await connection.recv(), { from: 'afar' });
  await assert.rejects(connection.recv(), EOFError);
  await child.join();
});

test('address and lastAccepted say where', async (t) => {
  const listener = closing(t, await Listener.listen({ address: TCP }));
  const { host, port } = listener.address as { host: string; port: number };
  assert.equal(host, '127.0.0.1');
  assert.ok(port > 0);
  assert.equal(listener.lastAccepted, null);
  closing(t, await connect(listener.address));
  closing(t, await listener.accept());
  assert.deepEqual(Object.keys(listener.lastAccepted ?? {}), ['host', 'port']);
});

test('accept() times out, aborts, and is refused when the listener closes; no peer is lost', async (t) => {
  const listener = closing(t, await Listener.listen());
  await assert.rejects(listener.accept(0), TimeoutError);
  await assert.rejects(listener.accept(10), TimeoutError);
  const controller = new AbortController();
  const aborted = listener.accept({ signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(aborted, /enough/);
  const near = closing(t, await connect(listener.address));
  const far = closing(t, await listener.accept());
  await near.send('here');
  assert.equal(await far.recv(), 'here');
  const pending = listener.accept();
  listener.close();
  await assert.rejects(pending, StateError);
  await near.send('accepted connections go on');
  assert.equal(await far.recv(), 'accepted connections go on');
});

test('An address in use, or one where nobody listens, is an error with the code of the system', async (t) => {
  const listener = closing(t, await Listener.listen({ address: TCP }));
  await assert.rejects(Listener.listen({ address: listener.address }), { name: 'SystemError', code: 'EADDRINUSE' });
  listener.close();
  await assert.rejects(connect(listener.address), { name: 'SystemError', code: 'ECONNREFUSED' });
  await assert.rejects(connect('/nonexistent/socket'), { name: 'SystemError', code: 'ENOENT' });
});

test('Addresses, keys and numbers that cannot be are refused', async () => {
  await assert.rejects(connect('x'.repeat(200)), RangeError);
  await assert.rejects(connect({ host: '127.0.0.1', port: 0 }), RangeError);
  await assert.rejects(connect(5 as unknown as Address), TypeError);
  await assert.rejects(connect({ host: '127.0.0.1', port: 1 }, { authKey: 5 as unknown as string }), TypeError);
  await assert.rejects(Listener.listen({ address: { host: '', port: 0 } }), TypeError);
  await assert.rejects(Listener.listen({ address: { host: '127.0.0.1', port: 70_000 } }), RangeError);
  await assert.rejects(Listener.listen({ backlog: 0 }), RangeError);
});

test('With equal keys both sides connect; with different ones both get an AuthenticationError, and the listener goes on', async (t) => {
  const listener = closing(t, await Listener.listen({ authKey: 'right' }));
  const wrong = connect(listener.address, { authKey: 'wrong' });
  const [refusal] = await Promise.allSettled([wrong, assert.rejects(listener.accept(), /digest received was wrong/)]);
  assert.ok(refusal.status === 'rejected' && refusal.reason instanceof AuthenticationError);
  assert.match(refusal.reason.message, /digest sent was rejected/);
  const near = closing(t, await connect(listener.address, { authKey: Buffer.from('right') }));
  const far = closing(t, await listener.accept());
  await near.send('in');
  assert.equal(await far.recv(), 'in');
});

test('Peers that say nothing, or garbage, do not hold up the others', async (t) => {
  const listener = closing(t, await Listener.listen({ address: TCP, authKey: 'right' }));
  const strangers = Array.from({ length: 20 }, () => connectSocket(listener.address as { host: string; port: number }));
  for (const [n, socket] of strangers.entries()) {
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    if (n % 2 === 0) socket.write(Buffer.from('0000', 'hex'));
  }
  const near = closing(t, await connect(listener.address, { authKey: 'right' }));
  closing(t, await listener.accept());
  const babbler = connectSocket(listener.address as { host: string; port: number });
  t.after(() => babbler.destroy());
  babbler.on('error', () => {});
  babbler.write(Buffer.alloc(100_000, 0xff));
  await assert.rejects(listener.accept(), AuthenticationError);
  assert.ok(near.readable);
});

test('connect() gives up in time, also where the handshake never comes', async (t) => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = { host: '127.0.0.1', port: (server.address() as { port: number }).port };
  server.on('connection', (socket) => t.after(() => socket.destroy()));
  await assert.rejects(connect(address, { authKey: 'k', timeout: 50 }), TimeoutError);
  const reason = new Error('enough');
  await assert.rejects(connect(address, { authKey: 'k', signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const pending = connect(address, { authKey: 'k', signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(pending, reason);
});

for (const [what, program, status] of [
  ['idle connections and listeners do not', 'idle', 0],
  ['a pending recv() does', 'pending', 0],
] as const) {
  test(`Keeping the program alive: ${what}`, () => {
    const url = new URL(`../fixtures/connection/${program}.mjs`, import.meta.url);
    const end = spawnSync(process.execPath, [url.pathname], { encoding: 'utf8', timeout: 60_000 });
    assert.deepEqual([end.status, end.stderr], [status, '']);
    assert.equal(end.stdout, program === 'idle' ? '' : 'received\n');
  });
}
