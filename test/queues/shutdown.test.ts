import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event, JoinableQueue, Queue } from 'brood';
import * as tasks from '../fixtures/queues/tasks.js';
import { range, rejection, until } from '../pool/support.js';
import { joinAll, start } from './support.js';

test('shutdown() ends puts at once and gets once it is drained, in every process', async () => {
  const [queue, results] = [new Queue<number>(2), new Queue<number[]>()];
  await queue.put(1);
  await queue.put(2);
  const waiting = rejection(queue.put(3));
  queue.shutdown();
  assert.equal((await waiting).name, 'QueueShutDown');
  assert.equal((await rejection(queue.put(3))).name, 'QueueShutDown');
  assert.throws(() => queue.putNowait(3), { name: 'QueueShutDown', code: 'ERR_QUEUE_SHUT_DOWN' });
  await joinAll([start(tasks.iterate, queue as Queue, results as Queue)]);
  assert.deepEqual(await results.get(), [1, 2]);
  assert.equal((await rejection(queue.get())).name, 'QueueShutDown');
  assert.throws(() => queue.getSync(), { name: 'QueueShutDown' });
  queue.shutdown();
});

test('shutdown({ immediate: true }) drops what is there, and ends everyone who waits', async () => {
  const [queue, other, isWaiting] = [new Queue<unknown>(), new Queue<unknown>(), new Event()];
  for (let n = 0; n < 1000; n += 1) queue.putNowait(n % 10 === 0 ? new Uint8Array(100_000) : n);
  queue.shutdown({ immediate: true });
  assert.equal(queue.qsize(), 0);
  assert.equal((await rejection(queue.get())).name, 'QueueShutDown');
  const children = [start(tasks.iterate, other, queue), start(tasks.waitForItemSync, other, isWaiting)];
  await isWaiting.wait();
  const here = rejection(other.get());
  other.shutdown({ immediate: true });
  assert.equal((await here).name, 'QueueShutDown');
  for (const child of children) {
    assert.equal(await child.join(20_000), true);
    assert.equal(child.exitCode, 1);
  }
});

test('a shutdown may become immediate, and stays it', async () => {
  const queue = new Queue<number>();
  await queue.put(1);
  queue.shutdown();
  queue.shutdown({ immediate: true });
  queue.shutdown();
  assert.equal((await rejection(queue.get())).name, 'QueueShutDown');
});

test('JoinableQueue: join() returns only after every taskDone(), and one more is an error', async () => {
  const [queue, done, mayEnd] = [new JoinableQueue<number>(), new Queue<number>(), new Event()];
  const workers = range(4).map(() => start(tasks.work, queue, done, mayEnd));
  for (const n of range(10)) await queue.put(n);
  assert.equal(await queue.join(50), false);
  mayEnd.set();
  assert.equal(await queue.join(), true);
  assert.equal(done.qsize(), 10);
  assert.throws(() => queue.taskDone(), { name: 'StateError', message: /called too many times/ });
  for (const _ of workers) await queue.put(-1);
  await joinAll(workers);
});

test('JoinableQueue: what a process had taken and not done when it ended counts as done', async () => {
  const [queue, hasTaken] = [new JoinableQueue<number>(), new Event()];
  for (const n of range(5)) await queue.put(n);
  const child = start(tasks.takeAndKeep, queue as Queue, 3, hasTaken);
  await hasTaken.wait();
  const joined = queue.join();
  assert.equal(await queue.get(), 3);
  queue.taskDone();
  assert.equal(await queue.join(50), false);
  child.kill();
  await child.join();
  assert.equal(await queue.join(50), false);
  assert.equal(await queue.get(), 4);
  queue.taskDone();
  assert.equal(await joined, true);
});

test('JoinableQueue: any process may say that an item is done; an immediate shutdown ends join()', async () => {
  const [queue, hasTaken] = [new JoinableQueue<number>(), new Event()];
  await queue.put(1);
  const child = start(tasks.takeAndKeep, queue as Queue, 1, hasTaken);
  await hasTaken.wait();
  queue.taskDone();
  assert.equal(await queue.join(), true);
  await queue.put(2);
  const joined = queue.join();
  child.kill();
  await child.join();
  await until(() => queue.qsize() === 1);
  assert.equal(await queue.join(20), false);
  queue.shutdown({ immediate: true });
  assert.equal(await joined, true);
});
