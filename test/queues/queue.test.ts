import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Event, Pool, Queue, SimpleQueue } from 'brood';
import * as tasks from '../fixtures/queues/tasks.js';
import { range, rejection } from '../pool/support.js';
import { joinAll, start } from './support.js';

test('a full Queue refuses at once, after the time given, and takes again after a get', async () => {
  const queue = new Queue<number>(2);
  await queue.put(1);
  await queue.put(2);
  assert.equal(queue.full(), true);
  assert.throws(() => queue.putNowait(3), { name: 'QueueFull', code: 'ERR_QUEUE_FULL' });
  const begin = performance.now();
  assert.equal((await rejection(queue.put(3, 300))).name, 'QueueFull');
  assert.throws(() => queue.putSync(3, 300), { name: 'QueueFull' });
  assert.ok(performance.now() - begin >= 590);
  assert.equal(await queue.get(), 1);
  await queue.put(3);
  assert.deepEqual([queue.getNowait(), queue.getSync()], [2, 3]);
});

test('an empty Queue refuses at once and after the time given', async () => {
  const queue = new Queue();
  assert.throws(() => queue.getNowait(), { name: 'QueueEmpty', code: 'ERR_QUEUE_EMPTY' });
  assert.equal((await rejection(queue.get(0))).name, 'QueueEmpty');
  assert.equal((await rejection(queue.get(-1))).name, 'QueueEmpty');
  const begin = performance.now();
  assert.equal((await rejection(queue.get({ timeout: 300 }))).name, 'QueueEmpty');
  assert.throws(() => queue.getSync(300), { name: 'QueueEmpty' });
  assert.ok(performance.now() - begin >= 590);
  assert.equal((await rejection(queue.get(Number.NaN))).name, 'RangeError');
  assert.equal((await rejection(queue.put(1, Number.NaN))).name, 'RangeError');
  assert.equal(queue.qsize(), 0);
});

test('sizes are exact, at once after every call', async () => {
  const queue = new Queue<number>(3);
  assert.deepEqual([queue.qsize(), queue.empty(), queue.full()], [0, true, false]);
  for (const size of [1, 2, 3]) {
    queue.putNowait(size);
    assert.deepEqual([queue.qsize(), queue.empty(), queue.full()], [size, false, size === 3]);
  }
  await queue.get();
  assert.deepEqual([queue.qsize(), queue.full()], [2, false]);
  assert.equal(new Queue().full(), false);
});

test('a maxSize that is no whole number from 0 on is a RangeError', () => {
  for (const maxSize of [-1, 1.5, Number.NaN, 2 ** 31, '2'])
    assert.throws(() => new Queue(maxSize as number), { name: 'RangeError', message: /maxSize/ });
});

test('4 producers of 250 items and 4 consumers in children: each once, in order per producer', async () => {
  const [queue, results] = [new Queue<unknown>(10), new Queue<Array<[number, number]>>()];
  const producers = range(4).map((n) => start(tasks.putTags, queue as never, n, 250));
  const consumers = range(4).map(() => start(tasks.collect, queue, results as Queue));
  await joinAll(producers);
  for (const _ of consumers) await queue.put(null);
  await joinAll(consumers);
  const got = await Promise.all(consumers.map(() => results.get()));
  const seen = got.flat().map(([producer, n]) => `${producer} ${n}`);
  assert.equal(new Set(seen).size, 1000);
  assert.equal(seen.length, 1000);
  for (const items of got) {
    const last = [-1, -1, -1, -1];
    for (const [producer, n] of items) {
      assert.ok(n > (last[producer] as number));
      last[producer] = n;
    }
  }
});

for (const byteLength of [8 * 2 ** 20, 64 * 2 ** 20]) {
  test(`a child puts ${byteLength / 2 ** 20} MiB and is gone before anybody gets it`, async () => {
    const queue = new Queue<Uint8Array>();
    const child = start(tasks.putBytes, queue as Queue, byteLength, 7);
    await joinAll([child]);
    assert.equal(queue.qsize(), 1);
    const bytes = await queue.get();
    assert.equal(bytes.length, byteLength);
    assert.ok(bytes.every((byte) => byte === 7));
  });
}

test('an item whose put has settled is delivered although its process is killed then', async () => {
  const [queue, isOut] = [new Queue(), new Event()];
  const children = range(3).map((n) => start(tasks.putAndStay, queue, { n, text: 'x'.repeat(100_000 * n) }, isOut));
  while (queue.qsize() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const child of children) child.kill();
  for (const child of children) await child.join();
  const items = (await Promise.all(children.map(() => queue.get()))) as Array<{ n: number; text: string }>;
  assert.deepEqual(items.map(({ n, text }) => [n, text.length]).sort(), [
    [0, 0],
    [1, 100_000],
    [2, 200_000],
  ]);
});

for (const target of [tasks.waitForItem, tasks.waitForItemSync]) {
  test(`a consumer killed in ${target.name} costs nobody else anything`, async () => {
    const [queue, isWaiting] = [new Queue<number>(), new Event()];
    const child = start(target, queue as Queue, isWaiting);
    await isWaiting.wait();
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill();
    await child.join();
    await queue.put(1);
    assert.equal(await queue.get(10_000), 1);
  });
}

test('blocking and not, in the parent and in a child, a queue hands items on', async () => {
  const [from, to] = [new Queue(), new Queue()];
  const child = start(tasks.echoSync, from, to);
  from.putSync({ hello: 'world' });
  assert.deepEqual(to.getSync(), { hello: 'world' });
  await joinAll([child]);
  const simple = [new SimpleQueue(), new SimpleQueue()] as const;
  const other = start(tasks.echo, ...simple);
  await simple[0].put([1, 2]);
  assert.deepEqual(await simple[1].get(), [1, 2]);
  await joinAll([other]);
});

test('close() is for one process: StateErrors there, nothing elsewhere', async () => {
  const [queue, results] = [new Queue(), new Queue<string[]>()];
  await queue.put('left');
  await joinAll([start(tasks.closeAndReport, queue, results)]);
  for (const message of await results.get()) assert.match(message, /^StateError.*closed/);
  assert.equal(await queue.get(), 'left');
  assert.equal((await rejection(queue.joinThread())).name, 'StateError');
  const pending = rejection(queue.get());
  queue.close();
  queue.close();
  assert.equal((await pending).name, 'StateError');
  assert.equal((await rejection(queue.put(1))).name, 'StateError');
  assert.throws(() => queue.getNowait(), { name: 'StateError', message: /closed/ });
  assert.throws(() => queue.putSync(1), { name: 'StateError', message: /closed/ });
  assert.equal(await queue.joinThread(), true);
});

test('a closed SimpleQueue is a StateError in every call', async () => {
  const queue = new SimpleQueue();
  queue.putSync(1);
  assert.equal(queue.empty(), false);
  assert.equal(queue.getSync(), 1);
  queue.close();
  queue.close();
  assert.throws(() => queue.empty(), { name: 'StateError' });
  assert.throws(() => queue.putSync(1), { name: 'StateError' });
  assert.throws(() => queue.getSync(), { name: 'StateError' });
  assert.equal((await rejection(queue.put(1))).name, 'StateError');
  assert.equal((await rejection(queue.get())).name, 'StateError');
});

test('joinThread() waits for puts that wait for room; a child that does not await them ends once they are in', async () => {
  const queue = new Queue<number>(1);
  const puts = [0, 1, 2].map((n) => queue.put(n));
  queue.close();
  assert.equal(await queue.joinThread(20), false);
  const child = start(tasks.collect as never, queue as never, queue as never);
  child.kill(); // It only had to show that a closed queue still crosses.
  const other = new Queue<number>(1);
  const putter = start(tasks.putMore, other as Queue, 3);
  assert.equal(await other.get(), 0);
  assert.equal(await other.get(), 1);
  assert.equal(await other.get(), 2);
  await joinAll([putter]);
  const leaver = start(tasks.putMoreAndLeave, other as Queue, 3);
  await joinAll([leaver]);
  assert.equal(other.qsize(), 1);
  queue.shutdown({ immediate: true });
  assert.equal(await queue.joinThread(), true);
  assert.deepEqual(
    (await Promise.allSettled(puts)).map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
});

test('a worker that is told to end waits for puts that nobody awaited', async () => {
  const queue = new Queue<number>(1);
  const pool = new Pool(1);
  await pool.apply(tasks.putMore, [queue as Queue, 3]);
  pool.close();
  const ended = pool.join();
  await sleep(100); // It has been told by then; sooner, the test only shows less.
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [0, 1, 2]);
  await ended;
});

test('a queue goes anywhere: through queues, to workers, up from grandchildren; and is one object where it comes back', async (t) => {
  const [queue, results] = [new Queue<unknown>(), new Queue<Queue>()];
  await queue.put(queue);
  assert.equal(await queue.get(), queue);
  const pool = new Pool(1);
  t.after(() => pool.terminate());
  await pool.apply(tasks.putAll, [queue, ['worker', queue]]);
  assert.equal(await queue.get(), 'worker');
  assert.equal(await queue.get(), queue);
  const made = await pool.apply(tasks.makeJoinable);
  await made.put(1);
  assert.equal(await made.get(), 1);
  made.taskDone();
  await joinAll([start(tasks.makeQueueInGrandchild, results as Queue)]);
  assert.equal(await (await results.get()).get(), 'from below');
});
