import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock, Queue, SharedArray, share, Value } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import * as tasks from '../fixtures/queues/tasks.js';
import { rejection } from '../pool/support.js';
import { blocksInUse, collectGarbage, collectUntil, joinAll, residentBytes, start } from './support.js';

test('put() takes a snapshot when it is called', async () => {
  const queue = new Queue<{ list: number[] }>();
  const item = { list: [1] };
  const put = queue.put(item);
  item.list.push(2);
  await put;
  assert.deepEqual(await queue.get(), { list: [1] });
});

test('an item that cannot cross is a SerializationError of put(), with its path, and nothing is put', async () => {
  const queue = new Queue<unknown>();
  const error = await rejection<Error & { path: string }>(queue.put({ deep: [{ it: new WeakMap() }] }));
  assert.equal(error.name, 'SerializationError');
  assert.equal(error.path, 'item.deep[0].it');
  assert.throws(() => queue.putSync(new WeakRef(queue)), { name: 'SerializationError' });
  assert.throws(() => queue.putNowait({ lock: new Lock(), it: Symbol('x') }), { name: 'SerializationError' });
  assert.equal(queue.qsize(), 0);
});

test('items of every size arrive as they were, from 0 bytes to 64 MiB, in order', async () => {
  const queue = new Queue<Uint8Array>();
  const sizes = [0, 1, 2, 100, 990, 991, 8000, 65_000, 65_480, 65_490, 65_500, 65_536, 131_072, 1 << 20, 1 << 26];
  for (const [index, size] of sizes.entries()) queue.putNowait(new Uint8Array(size).fill(index));
  for (const [index, size] of sizes.entries()) {
    const bytes = await queue.get();
    assert.equal(bytes.length, size);
    assert.ok(bytes.every((byte) => byte === index));
  }
});

test('what an item refers to lives as long as the item, although nobody else has it any more', async () => {
  const queue = new Queue<unknown>();
  const child = start(tasks.putAll, queue, [
    { lock: new Lock(), array: new SharedArray('i32', [1, 2, 3]) },
    share(new Uint8Array(200_000).fill(9)),
    [new Value('f64', 2.5), new Queue(3)],
  ]);
  await joinAll([child]);
  await collectGarbage();
  // Whatever was freed by mistake would be used again.
  const others = Array.from({ length: 300 }, () => [new Lock(), new Value('i32', 7), share(new Uint8Array(200_000))]);
  const { lock, array } = (await queue.get()) as { lock: Lock; array: SharedArray<'i32'> };
  assert.equal(lock.tryAcquire(), true);
  assert.deepEqual([...array.view], [1, 2, 3]);
  const bytes = (await queue.get()) as Uint8Array;
  assert.ok(bytes.every((byte) => byte === 9));
  const [value, inner] = (await queue.get()) as [Value<'f64'>, Queue<number>];
  assert.equal(value.value, 2.5);
  inner.putNowait(1);
  assert.equal(inner.getNowait(), 1);
  assert.equal(others.length, 300);
});

test('items that nobody gets go with their queue, and with them what they refer to', async () => {
  await collectGarbage();
  const before = blocksInUse().all;
  const residentBefore = residentBytes();
  (() => {
    for (let n = 0; n < 20; n += 1) {
      const queue = new Queue<unknown>();
      const inner = new Queue<unknown>();
      inner.putNowait([new Lock(), 'x'.repeat(1000)]);
      for (let item = 0; item < 200; item += 1) queue.putNowait([item, 'x'.repeat(item * 20)]);
      queue.putNowait({ inner, lock: new Lock(), bytes: share(new Uint8Array(300_000)) });
      queue.putNowait(new Uint8Array(3_000_000).fill(1));
    }
  })();
  assert.ok(blocksInUse().all > before + 100);
  assert.ok((await collectUntil(before)) <= before); // What others had left may have gone meanwhile.
  assert.ok(residentBytes() - residentBefore < 30e6, `${residentBytes() - residentBefore}`);
});

test('100,000 items grow the queue, and draining it gives the memory back', async () => {
  await collectGarbage();
  const [before, blocksBefore] = [residentBytes(), blocksInUse().all];
  const queue = new Queue<string>();
  const text = 'x'.repeat(1000);
  for (let n = 0; n < 100_000; n += 1) queue.putNowait(text);
  assert.ok(residentBytes() - before > 100e6);
  for (let n = 0; n < 100_000; n += 1) queue.getNowait();
  assert.ok(residentBytes() - before < 3e6, `${residentBytes() - before}`);
  assert.ok(blocksInUse().all - blocksBefore <= 2);
});

test('300,000 items through a queue that is never empty do not grow the arena', async () => {
  const queue = new Queue<number>();
  for (let n = 0; n < 100; n += 1) queue.putNowait(n);
  const before = residentBytes();
  for (let n = 0; n < 300_000; n += 1) {
    queue.putNowait(n);
    queue.getNowait();
  }
  assert.ok(residentBytes() - before < 5e6, `${residentBytes() - before}`);
});

test('20,000 queues made and dropped, with an item in each, do not grow the arena', async () => {
  await collectGarbage();
  const before = blocksInUse().all;
  for (let n = 0; n < 10; n += 1) {
    for (let m = 0; m < 2000; m += 1) new Queue<number>().putNowait(m);
    await collectGarbage();
  }
  assert.ok((await collectUntil(before + 9)) - before < 10);
});

test('where the arena is full, put() says so, and the queue serves on', async () => {
  const queue = new Queue<unknown>();
  await queue.put('first');
  const { heap } = currentArena('the test');
  const allocate = heap.allocate.bind(heap);
  const refuse: typeof heap.allocate = (kind, byteLength) => {
    heap.allocate = allocate;
    // Larger than any zone.
    return heap.allocate(kind, 2 ** 52 + byteLength);
  };
  const lock = new Lock();
  heap.allocate = refuse;
  const error = await rejection(queue.put([lock, 'x'.repeat(1 << 20)]));
  assert.equal(error.code, 'ERR_OUT_OF_SHARED_MEMORY');
  heap.allocate = refuse;
  assert.throws(() => queue.putNowait('x'.repeat(5000)), { code: 'ERR_OUT_OF_SHARED_MEMORY' });
  assert.equal(queue.qsize(), 1);
  await queue.put('x'.repeat(5000));
  assert.equal(await queue.get(), 'first');
  assert.equal(((await queue.get()) as string).length, 5000);
  // A large buffer that finds no block of its own goes in the item.
  heap.allocate = refuse;
  const bytes = new Uint8Array(1 << 20).fill(7);
  await queue.put(bytes);
  assert.equal(heap.allocate === refuse, false);
  assert.deepEqual(await queue.get(), bytes);
});

test('an item of a class that is not loaded here: getSync() says so, and get() gives it', async () => {
  const queue = new Queue<{ name: string }>();
  await joinAll([start(tasks.putLate, queue as Queue, ['one', 'two', 'three'])]);
  assert.throws(() => queue.getSync(), { name: 'StateError', message: /await get\(\)/ });
  assert.equal(queue.qsize(), 2);
  const one = await queue.get();
  assert.deepEqual([one.constructor.name, one.name], ['Late', 'one']);
  assert.equal(queue.getSync().name, 'two');
  assert.equal((await queue.get()).name, 'three');
});
