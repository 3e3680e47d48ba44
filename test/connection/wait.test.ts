import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Process } from 'brood';
import { connect, Listener, pipe, wait } from 'brood/connection';
import * as ends from '../fixtures/connection/ends.js';
import { closing, startProcess } from './support.js';

test('wait() gives those that are ready, in the given order', async (t) => {
  const pipes = Array.from({ length: 4 }, () => pipe<number>());
  const readers = pipes.map(([reader]) => reader);
  await pipes[3]?.[1].send(1);
  await pipes[1]?.[1].send(1);
  assert.deepEqual(await wait(readers), [readers[1], readers[3]]);
  assert.deepEqual(await wait([readers[3], readers[1]] as typeof readers), [readers[3], readers[1]]);
  assert.deepEqual(await wait(readers, 0), [readers[1], readers[3]]);
  const child = startProcess(t, ends.sendOne, [pipes[0]?.[1] as never, 'x']);
  await child.join();
  assert.deepEqual(await wait([child, ...readers, child.sentinel], 0), [
    child,
    readers[0],
    readers[1],
    readers[3],
    child.sentinel,
  ]);
});

test('wait() wakes for a message, an end of file, and the end of a process, whichever comes', async (t) => {
  const listener = closing(t, await Listener.listen());
  const socket = closing(t, await connect(listener.address));
  const peer = closing(t, await listener.accept());
  const [here, there] = pipe<string>();
  const child = startProcess(t, ends.keep, [there]);
  const objects = [socket, here, child, child.sentinel];
  assert.deepEqual(await wait(objects), [here]);
  await here.recv();
  const second = wait(objects);
  await peer.send('now');
  assert.deepEqual(await second, [socket]);
  await socket.recv();
  const third = wait([socket, child.sentinel, child]);
  child.kill();
  assert.ok((await third).length > 0);
  await child.join();
  assert.deepEqual(await wait([socket, child.sentinel, child]), [child.sentinel, child]);
  there.close();
  assert.deepEqual(await wait([socket, here]), [here]);
});

test('wait() resolves to nothing when time is over, and rejects when aborted', async () => {
  const [a] = pipe();
  assert.deepEqual(await wait([a], 0), []);
  assert.deepEqual(await wait([a], -5), []);
  assert.deepEqual(await wait([a], 20), []);
  assert.deepEqual(await wait([], 20), []);
  await assert.rejects(wait([a], Number.NaN), RangeError);
  const controller = new AbortController();
  const waiting = wait([a], { signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});

test('wait() takes nothing, also from those it was not woken by', async () => {
  const [a, b] = pipe<number>();
  const [c, d] = pipe<number>();
  const waiting = wait([a, c]);
  await b.send(1);
  await d.send(2);
  const ready = await waiting;
  assert.ok(ready.includes(a));
  assert.deepEqual([await a.recv(), await c.recv()], [1, 2]);
});

test('wait() refuses what cannot become ready', async () => {
  const [reader, writer] = pipe({ duplex: false });
  await assert.rejects(wait([reader, writer], 0), { name: 'StateError', message: /write-only/ });
  await assert.rejects(wait([new Process()], 0), { name: 'StateError' });
  await assert.rejects(wait([{} as never], 0), TypeError);
  const pending = wait([reader]);
  reader.close();
  await assert.rejects(pending, { name: 'StateError' });
});
