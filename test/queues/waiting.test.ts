import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from 'brood';
import { rejection } from '../pool/support.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an aborted get takes nothing, an aborted put puts nothing, and those behind go on', async () => {
  const queue = new Queue<number>(1);
  const controller = new AbortController();
  const reason = new Error('enough');
  const aborted = rejection(queue.get({ signal: controller.signal }));
  const next = queue.get();
  controller.abort(reason);
  assert.equal(await aborted, reason);
  await queue.put(1);
  assert.equal(await next, 1);

  await queue.put(2);
  const second = new AbortController();
  const refused = rejection(queue.put(3, { signal: second.signal }));
  const behind = queue.put(4);
  second.abort(reason);
  assert.equal(await refused, reason);
  assert.equal(queue.qsize(), 1);
  assert.equal(await queue.get(), 2);
  await behind;
  assert.equal(await queue.get(), 4);
  assert.equal(await rejection(queue.get({ signal: AbortSignal.abort(reason) })), reason);
  await queue.put(5);
  assert.equal(await rejection(queue.get({ signal: AbortSignal.abort(reason) })), reason);
  assert.equal(await rejection(queue.put(5, { signal: AbortSignal.abort(reason) })), reason);
  assert.equal(await queue.get(), 5);
});

test('an abort and an item at the same instant have one outcome, and nothing is lost', async () => {
  const queue = new Queue<number>();
  let got = 0;
  for (let round = 0; round < 300; round += 1) {
    const controller = new AbortController();
    const item = queue.get({ signal: controller.signal }).then(
      () => 1,
      () => 0,
    );
    const acts = [() => queue.putNowait(round), () => controller.abort()];
    if (round % 2 === 0) acts.reverse();
    acts[0]?.();
    if (round % 3 === 0) await turn();
    acts[1]?.();
    got += await item;
    while (!queue.empty()) got += (await queue.get()) === undefined ? 0 : 1;
  }
  assert.equal(got, 300);
});

test('calls of one process that wait go on in the order in which they were made', async () => {
  const queue = new Queue<number>(1);
  const order: number[] = [];
  const gets = [0, 1, 2, 3].map((n) => queue.get().then((item) => order.push(n, item)));
  for (const item of [0, 1, 2, 3]) await queue.put(item);
  await Promise.all(gets);
  assert.deepEqual(order, [0, 0, 1, 1, 2, 2, 3, 3]);

  const puts = [0, 1, 2, 3, 4].map((item) => queue.put(item));
  assert.equal(queue.getNowait(), 0);
  // Room, but others were first.
  puts.push(queue.put(5));
  for (const item of [1, 2, 3, 4, 5]) assert.equal(await queue.get(), item);
  await Promise.all(puts);
  assert.equal(queue.empty(), true);
});

test('a put in the middle that gives up lets those behind it go on', async () => {
  const queue = new Queue<number>(1);
  await queue.put(0);
  const gaveUp = rejection(queue.put(1, 30));
  const behind = [queue.put(2), queue.put(3)];
  assert.equal((await gaveUp).name, 'QueueFull');
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [0, 2, 3]);
  await Promise.all(behind);
});

test('loops over a queue that always has items let timers have their turn', async () => {
  const queue = new Queue<number>();
  for (let n = 0; n < 100; n += 1) queue.putNowait(n);
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, 20);
  while (!isOver) await queue.put(await queue.get());
  assert.equal(queue.qsize(), 100);
});

test('iteration ends when the queue is shut down and drained; leaving it loses nothing', async () => {
  const queue = new Queue<number>();
  for (let n = 0; n < 10; n += 1) queue.putNowait(n);
  const seen: number[] = [];
  for await (const item of queue) {
    seen.push(item);
    if (item === 4) break;
  }
  assert.equal(queue.qsize(), 5);
  setTimeout(() => queue.shutdown(), 20);
  for await (const item of queue) seen.push(item);
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
