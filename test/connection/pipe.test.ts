import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateError, TimeoutError } from 'brood';
import { BrokenPipeError, BufferTooShort, type Connection, EOFError, pipe } from 'brood/connection';
import * as ends from '../fixtures/connection/ends.js';
import { startProcess, text } from './support.js';

/** More than the ring of a direction holds. */
const MANY = 10_000;

test('Values cross in both directions, in order', async () => {
  const [a, b] = pipe<unknown>();
  const value = { list: [1, 'two', null], map: new Map([['key', new Date(0)]]) };
  await a.send(value);
  await a.send(2);
  await b.send('back');
  assert.deepEqual(await b.recv(), value);
  assert.equal(await b.recv(), 2);
  assert.equal(await a.recv(), 'back');
});

test('The ends of a one-way pipe refuse the other direction with a StateError', async () => {
  const [reader, writer] = pipe<string>({ duplex: false });
  assert.deepEqual([reader.readable, reader.writable, writer.readable, writer.writable], [true, false, false, true]);
  await assert.rejects(reader.send('x'), { name: 'StateError', message: /read-only/ });
  await assert.rejects(reader.sendBytes(Buffer.from('x')), StateError);
  for (const call of [writer.recv(), writer.recvBytes(), writer.recvBytesInto(new Uint8Array(1)), writer.poll()]) {
    await assert.rejects(call, { name: 'StateError', message: /write-only/ });
  }
  await writer.send('value');
  assert.equal(await reader.recv(), 'value');
});

test('After the peer has closed, what it sent is received, then comes EOFError, and sending is a BrokenPipeError', async () => {
  const [a, b] = pipe<number>();
  await b.send(1);
  await b.send(2);
  b.close();
  assert.equal(await a.poll(), true);
  assert.deepEqual([await a.recv(), await a.recv()], [1, 2]);
  assert.equal(await a.poll(), true);
  await assert.rejects(a.recv(), EOFError);
  await assert.rejects(a.recvBytes(), EOFError);
  await assert.rejects(a.send(3), BrokenPipeError);
});

test('Message boundaries are kept, from the empty message to 16 MiB', async (t) => {
  const [here, there] = pipe();
  const child = startProcess(t, ends.sendParts, [there]);
  there.close();
  const received: Uint8Array[] = [];
  for (let n = 0; n < 5; n += 1) {
    if (n === 1) assert.equal(await here.poll(Number.POSITIVE_INFINITY), true);
    received.push(await here.recvBytes());
  }
  assert.deepEqual(
    received.map((bytes) => bytes.byteLength),
    [1, 0, 1, 16 * 2 ** 20, 2],
  );
  assert.ok(received[3]?.every((byte) => byte === 5));
  assert.equal(
    received
      .filter((_, n) => n !== 3)
      .map(text)
      .join(),
    'a,,b,cd',
  );
  await assert.rejects(here.recvBytes(), EOFError);
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('recv() with a timeout is a TimeoutError, poll() false, and neither takes anything', async () => {
  const [a, b] = pipe<string>();
  await assert.rejects(a.recv(0), TimeoutError);
  await assert.rejects(a.recv(20), TimeoutError);
  await assert.rejects(a.recvBytes({ timeout: 0 }), TimeoutError);
  assert.equal(await a.poll(), false);
  assert.equal(await a.poll(20), false);
  await assert.rejects(a.recv(Number.NaN), RangeError);
  await b.send('late');
  assert.equal(await a.poll(20), true);
  assert.equal(await a.recv(0), 'late');
});

test('An aborted recv() rejects with the reason and loses nothing', async () => {
  const [a, b] = pipe<string>();
  const controller = new AbortController();
  const aborted = a.recv({ signal: controller.signal });
  const next = a.recv();
  const reason = new Error('enough');
  controller.abort(reason);
  await b.send('kept');
  await assert.rejects(aborted, reason);
  assert.equal(await next, 'kept');
  await assert.rejects(a.recv({ signal: controller.signal }), reason);
  await assert.rejects(a.poll({ signal: controller.signal, timeout: 10 }), reason);
});

test('Many calls at once are served in their order', async () => {
  const [a, b] = pipe<number>();
  const received = Array.from({ length: 100 }, () => a.recv());
  for (let n = 0; n < 100; n += 1) void b.send(n);
  assert.deepEqual(
    await Promise.all(received),
    Array.from({ length: 100 }, (_, n) => n),
  );
});

test('send() waits while the pipe is full, and everything arrives in order', async () => {
  const [a, b] = pipe<number>();
  let settled = 0;
  const sends = Array.from({ length: MANY }, (_, n) => a.send(n).then(() => (settled += 1)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(settled < MANY, 'all were sent without anybody receiving');
  for (let n = 0; n < MANY; n += 1) assert.equal(await b.recv(), n);
  await Promise.all(sends);
});

test('A full pipe of long messages holds a bounded amount of memory', async () => {
  const [a, b] = pipe();
  let settled = 0;
  const sends = Array.from({ length: 20 }, () => a.sendBytes(new Uint8Array(300_000)).then(() => (settled += 1)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(settled > 0 && settled < 5, `${settled} were sent without anybody receiving`);
  for (let n = 0; n < 20; n += 1) assert.equal((await b.recvBytes()).byteLength, 300_000);
  await Promise.all(sends);
});

test('close() rejects what is pending here with a StateError; afterwards everything is one', async () => {
  const [a] = pipe<number>();
  const pending = [a.recv(), a.recvBytes(), a.poll(Number.POSITIVE_INFINITY)];
  const sends = Array.from({ length: MANY }, (_, n) => a.send(n));
  const outcomes = Promise.allSettled([...pending, ...sends.slice(-1)]);
  a.close();
  a.close();
  for (const outcome of await outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof StateError, JSON.stringify(outcome));
  }
  await Promise.allSettled(sends);
  assert.deepEqual([a.closed, a.readable, a.writable], [true, false, false]);
  for (const call of [a.send(1), a.recv(), a.poll(), a.sendBytes(new Uint8Array(1)), a.recvBytes()]) {
    await assert.rejects(call, { name: 'StateError', message: /closed/ });
  }
});

test('An end disposes of itself', async () => {
  const [a, b] = pipe();
  {
    await using end = b;
    assert.equal(end.closed, false);
  }
  assert.equal(b.closed, true);
  await assert.rejects(a.recv(), EOFError);
});

test('A connection iterates until the end of file', async () => {
  const [a, b] = pipe<number>();
  for (const n of [1, 2, 3]) await b.send(n);
  b.close();
  const seen: number[] = [];
  for await (const value of a) seen.push(value);
  assert.deepEqual(seen, [1, 2, 3]);
});

for (const size of [10, 100_000]) {
  test(`A message of ${size} bytes above maxLength is an error, ends reading, and leaves writing alone`, async () => {
    const [a, b] = pipe();
    await b.sendBytes(new Uint8Array(size));
    await assert.rejects(a.recvBytes({ maxLength: size - 1 }), { code: 'ERR_MESSAGE_TOO_LONG' });
    assert.deepEqual([a.readable, a.writable, a.closed], [false, true, false]);
    await assert.rejects(a.recvBytes(), StateError);
    await a.send('still here');
    assert.equal(await b.recv(), 'still here');

    const [reader, writer] = pipe({ duplex: false });
    await writer.sendBytes(new Uint8Array(size));
    assert.equal((await reader.recvBytes({ maxLength: size })).byteLength, size);
    await writer.sendBytes(new Uint8Array(size));
    await assert.rejects(reader.recvBytes({ maxLength: 0 }), { code: 'ERR_MESSAGE_TOO_LONG' });
    assert.equal(reader.closed, true);
  });
}

test('recvBytesInto() fills a buffer; a BufferTooShort has the whole message, which is consumed', async () => {
  const [a, b] = pipe();
  for (const message of ['hello', 'too long', 'next']) await b.sendBytes(Buffer.from(message));
  const target = new Uint8Array(6);
  assert.equal(await a.recvBytesInto(target, 1), 5);
  assert.equal(text(target), '\0hello');
  const error = await a.recvBytesInto(target).catch((it: unknown) => it);
  assert.ok(error instanceof BufferTooShort);
  assert.equal(text(error.bytes), 'too long');
  assert.equal(text(await a.recvBytes()), 'next');
  await assert.rejects(a.recvBytesInto(target, 7), RangeError);
  await assert.rejects(a.recvBytesInto(target, -1), RangeError);
});

test('sendBytes() sends a part, and refuses one that is not there', async () => {
  const [a, b] = pipe();
  const bytes = Buffer.from('0123456789');
  await a.sendBytes(bytes, 4);
  await a.sendBytes(bytes, 2, 3);
  await a.sendBytes(bytes, 10);
  const received = [await b.recvBytes(), await b.recvBytes(), await b.recvBytes()];
  assert.deepEqual(received.map(text), ['456789', '234', '']);
  for (const [offset, size] of [
    [-1, 1],
    [0, -1],
    [11, 0],
    [5, 6],
    [0.5, 1],
  ] as const) {
    await assert.rejects(a.sendBytes(bytes, offset, size), RangeError);
  }
  await assert.rejects(a.sendBytes('text' as unknown as Uint8Array), TypeError);
  await assert.rejects(a.recvBytes({ maxLength: -1 }), RangeError);
});

test('What cannot cross is refused by send(), and the connection goes on', async () => {
  const [a, b] = pipe<unknown>();
  await assert.rejects(a.send({ deep: [Symbol('no')] }), { name: 'SerializationError', path: 'value.deep[0]' });
  await a.sendBytes(Buffer.from('no value'));
  await a.send(1);
  await assert.rejects(b.recv(), { name: 'SerializationError', message: /recvBytes/ });
  assert.equal(await b.recv(), 1);
});

test('send() takes its snapshot when it is called', async () => {
  const [a, b] = pipe<{ n: number }>();
  const value = { n: 1 };
  const sent = a.send(value);
  value.n = 2;
  await sent;
  assert.deepEqual(await b.recv(), { n: 1 });
});

test('An end that is sent through a connection is an end there, and stays one here', async () => {
  const [a, b] = pipe<{ end: Connection<string> }>();
  const [c, d] = pipe<string>();
  await a.send({ end: d });
  d.close();
  const { end } = await b.recv();
  await c.send('to the copy');
  assert.equal(await end.recv(), 'to the copy');
  end.close();
  await assert.rejects(c.recv(), EOFError);
});

test('An end in a message that nobody receives is gone with the pipe', async () => {
  const [a, b] = pipe<Connection>();
  const [c, d] = pipe();
  await a.send(d);
  d.close();
  b.close();
  await assert.rejects(c.recv(), EOFError);
  a.close();
});

test('A closed end cannot be sent', async () => {
  const [a] = pipe<unknown>();
  const [c] = pipe();
  c.close();
  await assert.rejects(a.send([c]), { name: 'SerializationError', path: 'value[0]' });
});
