import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CancelledError, SerializationError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { linesOf, makeFolder, openPool, range, rejection, waitForLines } from './support.js';

const items = range(1000);
const doubled = items.map((n) => n * 2);

async function* slowly<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await null;
    yield value;
  }
}

for (const chunkSize of [1, 7, 1000, 'auto', undefined] as const) {
  test(`Pool.map() keeps the order with chunkSize ${chunkSize}`, async (t) => {
    const pool = openPool(t);
    const options = chunkSize === undefined ? {} : { chunkSize };
    assert.deepEqual(await pool.map(tasks.double, items, options), doubled);
    assert.deepEqual(await pool.map(tasks.double, new Set(items), options), doubled);
    assert.deepEqual(await pool.map(tasks.double, slowly(items), options), doubled);
    assert.deepEqual(await pool.mapAsync(tasks.double, items, options).get(), doubled);
    const pairs = items.map((n): [number, number] => [n, n]);
    assert.deepEqual(await pool.starmap(tasks.add, pairs, options), doubled);
    assert.deepEqual(await pool.starmapAsync(tasks.add, pairs.values(), options).get(), doubled);
    const settled = await pool.mapSettled(tasks.oddOnly, range(5), options);
    assert.deepEqual(
      settled.map((it) => (it.status === 'fulfilled' ? it.value : (it.reason as Error).message)),
      ['even: 0', 1, 'even: 2', 3, 'even: 4'],
    );
  });
}

test('Pool.map() of nothing resolves to nothing', async (t) => {
  const pool = openPool(t, 1);
  for (const empty of [[], new Set<number>(), slowly<number>([])]) {
    assert.deepEqual(await pool.map(tasks.double, empty), []);
  }
  assert.deepEqual(await pool.starmap(tasks.add, []), []);
  assert.deepEqual(await pool.mapSettled(tasks.double, []), []);
});

test('Pool.map() keeps each result with its item when tasks end in another order', async (t) => {
  const pool = openPool(t, 3);
  const waits = [90, 5, 60, 1, 30, 0, 45, 2];
  assert.deepEqual(await pool.map(tasks.afterMs, waits, { chunkSize: 1 }), waits);
  assert.deepEqual(await pool.map(tasks.afterMs, waits, { chunkSize: 3 }), waits);
});

test('Pool.map() refuses a chunk size that is none, and items that cannot be iterated', async (t) => {
  const pool = openPool(t, 1);
  for (const chunkSize of [0, -1, 1.5, Number.NaN]) {
    assert.ok((await rejection(pool.map(tasks.double, [1], { chunkSize }))) instanceof RangeError);
    assert.throws(() => pool.imap(tasks.double, [1], { chunkSize }), RangeError);
  }
  for (const nothing of [null, undefined, 5, {}]) {
    assert.ok((await rejection(pool.map(tasks.double, nothing as never))) instanceof TypeError);
  }
  assert.deepEqual(await pool.map(tasks.double, [1]), [2]);
});

test('Pool.starmap() refuses an item that is no array, and calls the function for the others', async (t) => {
  const pool = openPool(t, 1);
  const outcomes = await Promise.allSettled([5, null, 'ab'].map((item) => pool.starmap(tasks.add, [item as never])));
  for (const outcome of outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TypeError);
    assert.match(outcome.reason.message, /an item of type \w+: starmap\(\) takes an array of arguments/);
  }
  assert.deepEqual(await pool.starmap(tasks.add, [[1, 2]]), [3]);
});

test('Pool.map() rejects with the error of its input, and keeps nothing running', async (t) => {
  const pool = openPool(t);
  const mistake = new Error('no more input');
  function* broken(): Generator<number> {
    yield* [1, 2, 3];
    throw mistake;
  }
  async function* brokenLater(): AsyncGenerator<number> {
    yield* [1, 2, 3];
    throw mistake;
  }
  for (const input of [broken, brokenLater]) {
    assert.equal(await rejection(pool.map(tasks.double, input())), mistake);
    assert.equal(await rejection(pool.map(tasks.double, input(), { failFast: false })), mistake);
    assert.equal(await rejection(pool.mapSettled(tasks.double, input())), mistake);
  }
  assert.deepEqual(await pool.map(tasks.double, [1]), [2]);
});

test('Pool.map() rejects at the first failure, begins nothing more, and lets run what runs', async (t) => {
  const pool = openPool(t);
  const path = join(makeFolder(t), 'marks');
  const gate = `${path}.gate`;
  const work = [{ path, endsOnce: gate }, { path, failsOnce: path }, ...range(20).map(() => ({ path }))];
  const error = await rejection(pool.map(tasks.failOrMark, work, { chunkSize: 1 }));
  assert.equal(error.message, 'bad item');
  assert.deepEqual(linesOf(path), ['begin'], 'it waited for what runs');
  tasks.mark(gate);
  assert.deepEqual(await waitForLines(path, 2), ['begin', 'end']);
  assert.deepEqual(await pool.map(tasks.double, [1, 2]), [2, 4]);
  assert.deepEqual(linesOf(path), ['begin', 'end']);
});

test('Pool.map() stops the rest of a chunk whose first item fails', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const gate = `${path}.gate`;
  const work = [{ path, failsOnce: tmpdir() }, ...range(5).map(() => ({ path, endsOnce: gate }))];
  await rejection(pool.map(tasks.failOrMark, work, { chunkSize: 6 }));
  const next = pool.apply(tasks.add, [1, 1]);
  tasks.mark(gate);
  await next;
  assert.ok(linesOf(path).length <= 2, 'at most the item that was already on its way runs');
});

test('Pool.map() with failFast false rejects once every item has ended', async (t) => {
  const pool = openPool(t);
  const path = join(makeFolder(t), 'marks');
  const work = [{ path, failsOnce: tmpdir() }, ...range(3).map(() => ({ path }))];
  const error = await rejection(pool.map(tasks.failOrMark, work, { failFast: false, chunkSize: 1 }));
  assert.equal(error.message, 'bad item');
  assert.equal(linesOf(path).filter((line) => line === 'end').length, 3);
});

test('Pool.map() lets the input go when it fails, and reads no more of it', async (t) => {
  const pool = openPool(t, 1);
  let read = 0;
  let isReleased = false;
  function* endless(): Generator<number> {
    try {
      for (;;) {
        read += 1;
        yield read;
      }
    } finally {
      isReleased = true;
    }
  }
  assert.equal((await rejection(pool.map(tasks.oddOnly, endless(), { chunkSize: 1 }))).message, 'even: 2');
  assert.equal(isReleased, true);
  const readThen = read;
  await pool.apply(tasks.add, [1, 1]);
  assert.equal(read, readThen);
});

test('Pool.map() names the item that cannot cross; its siblings are sent', async (t) => {
  const pool = openPool(t, 1);
  const values = [1, { deep: [Symbol('s')] }, 3];
  for (const retries of [0, 2]) {
    const error = await rejection<SerializationError>(pool.map(tasks.identity, values, { chunkSize: 3, retries }));
    assert.ok(error instanceof SerializationError);
    assert.equal(error.path, 'items[1].deep[0]');
  }
  const settled = await pool.mapSettled(tasks.identity, values, { chunkSize: 3 });
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('An input may end its own map: abort, cancel and terminate from inside of it', async (t) => {
  const pool = openPool(t, 1);
  const controller = new AbortController();
  let isReleased = false;
  function* aborting(): Generator<number> {
    try {
      yield 1;
      controller.abort(new Error('from inside'));
      yield 2;
      yield 3;
    } finally {
      isReleased = true;
    }
  }
  assert.equal(
    (await rejection(pool.map(tasks.double, aborting(), { signal: controller.signal }))).message,
    'from inside',
  );
  assert.equal(isReleased, true);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  function* terminating(): Generator<number> {
    yield 1;
    pool.terminate();
    yield 2;
  }
  assert.ok((await rejection(pool.map(tasks.double, terminating()))) instanceof CancelledError);
  assert.equal(await pool.join(), true);
});
