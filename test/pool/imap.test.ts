import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { CancelledError, TimeoutError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { makeFolder, openPool, range, rejection, until } from './support.js';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** Counts what is read of it, and tells when it is let go. */
class Source implements Iterable<number> {
  read = 0;
  returned = 0;
  readonly #length: number;
  constructor(length = Number.POSITIVE_INFINITY) {
    this.#length = length;
  }
  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.read < this.#length) {
        this.read += 1;
        yield this.read - 1;
      }
    } finally {
      this.returned += 1;
    }
  }
}

for (const chunkSize of [1, 7, 1000, 'auto'] as const) {
  test(`Pool.imap() yields in the order of the items with chunkSize ${chunkSize}`, async (t) => {
    const pool = openPool(t);
    const items = range(500);
    const doubled = items.map((n) => n * 2);
    assert.deepEqual(await collect(pool.imap(tasks.double, items, { chunkSize })), doubled);
    const unordered = await collect(pool.imapUnordered(tasks.double, new Source(500), { chunkSize }));
    assert.deepEqual(
      unordered.sort((a, b) => a - b),
      doubled,
    );
    assert.deepEqual(await collect(pool.imap(tasks.double, [], { chunkSize })), []);
  });
}

test('Pool.imapUnordered() yields in the order of completion, Pool.imap() does not', async (t) => {
  const pool = openPool(t, 3);
  const folder = makeFolder(t);
  const gates = range(3).map((n) => join(folder, String(n)));
  const waits = gates.map((gate, n): [string, number] => [gate, n]);
  const seen: number[] = [];
  tasks.mark(gates[2] as string);
  for await (const n of pool.imapUnordered(tasks.awaitGate, waits)) {
    seen.push(n);
    if (n > 0) tasks.mark(gates[n - 1] as string);
  }
  assert.deepEqual(seen, [2, 1, 0]);
  assert.deepEqual(await collect(pool.imap(tasks.afterMs, [60, 30, 0])), [60, 30, 0]);
});

for (const [name, options, bound] of [
  ['its default of 2 × workers × chunk', {}, 4],
  ['its default with chunks', { chunkSize: 3 }, 12],
  ['bufferSize', { bufferSize: 5 }, 5],
  ['bufferSize below the chunk', { bufferSize: 2, chunkSize: 100 }, 2],
  ['bufferSize 1', { bufferSize: 1 }, 1],
] as const) {
  test(`Pool.imap() reads exactly ${bound} items ahead: ${name}`, async (t) => {
    const pool = openPool(t, 2);
    const source = new Source();
    const results = pool.imap(tasks.double, source, options);
    for (let taken = 0; taken < 40; taken += 1) {
      assert.deepEqual(await results.next(), { done: false, value: taken * 2 });
      assert.ok(source.read <= taken + 1 + bound, `${source.read} read, ${taken + 1} taken`);
    }
    await until(() => source.read === 40 + bound);
    await sleep(50);
    assert.equal(source.read, 40 + bound);
    await results.return?.();
    assert.equal(source.returned, 1);
  });
}

test('Pool.imap() goes on behind an item that fails', async (t) => {
  const pool = openPool(t);
  for (const options of [{}, { chunkSize: 3 }]) {
    const results = pool.imap(tasks.oddOnly, range(6), options);
    const seen: unknown[] = [];
    for (let i = 0; i < 7; i += 1) {
      seen.push(
        await results.next().then(
          ({ value, done }) => (done ? 'end' : value),
          (error) => error.message,
        ),
      );
    }
    assert.deepEqual(seen, ['even: 0', 1, 'even: 2', 3, 'even: 4', 5, 'end']);
    assert.deepEqual(await results.next(), { done: true, value: undefined });
  }
});

test('Pool.imap() delivers the error of its input in its place, unwrapped', async (t) => {
  const pool = openPool(t);
  const mistake = new Error('no more');
  function* broken(): Generator<number> {
    yield* [1, 2, 3];
    throw mistake;
  }
  async function* brokenLater(): AsyncGenerator<number> {
    yield* broken();
  }
  for (const input of [broken, brokenLater]) {
    const results = pool.imap(tasks.double, input());
    for (const n of [2, 4, 6]) assert.equal((await results.next()).value, n);
    assert.equal(await rejection(results.next()), mistake);
    assert.equal((await results.next()).done, true);
  }
});

test('Leaving the loop lets the input go, once, and ends what runs', async (t) => {
  const pool = openPool(t);
  const source = new Source();
  for await (const value of pool.imap(tasks.double, source)) if (value === 20) break;
  assert.equal(source.returned, 1);
  let returned = 0;
  const asynchronous = {
    n: 0,
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      this.n += 1;
      return { done: false as const, value: this.n };
    },
    async return() {
      returned += 1;
      return { done: true as const, value: undefined };
    },
  };
  for await (const value of pool.imapUnordered(tasks.double, asynchronous)) if (value >= 2) break;
  assert.equal(returned, 1);
  const running = pool.imap(tasks.later, ['x'], {});
  await turn();
  await running.return?.();
  assert.equal(pool.statistics().tasks.queued, 0);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('return() while next() waits ends the iteration for it', async (t) => {
  const pool = openPool(t, 1);
  const results = pool.imap(
    tasks.later,
    [1, 2].map(() => 'x'),
    { grace: 10 },
  );
  await results.next();
  const waiting = results.next();
  await results.return?.();
  assert.deepEqual(await waiting, { done: true, value: undefined });
});

test('next(wait) that times out or is aborted loses nothing', async (t) => {
  const pool = openPool(t, 2);
  const gate = join(makeFolder(t), 'gate');
  const results = pool.imap(
    tasks.awaitGate,
    [1, 2, 3, 4, 5].map((n): [string, number] => [gate, n]),
  );
  const seen: number[] = [];
  let misses = 0;
  for (;;) {
    const controller = new AbortController();
    const wait = misses % 2 === 0 ? { timeout: 7 } : { signal: controller.signal };
    if (misses % 2 === 1) setTimeout(() => controller.abort(new Error('aborted')), 7);
    try {
      const { done, value } = await results.next(wait);
      if (done) break;
      seen.push(value);
    } catch (error) {
      assert.ok(error instanceof TimeoutError || (error as Error).message === 'aborted');
      misses += 1;
      if (misses === 6) tasks.mark(gate);
    }
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  assert.ok((await rejection(results.next(Number.NaN))) instanceof RangeError);
});

test('Several next() at once are answered in order', async (t) => {
  const pool = openPool(t, 2);
  const results = pool.imap(tasks.afterMs, [60, 0, 30], { bufferSize: 3 });
  const values = await Promise.all([results.next(), results.next(), results.next(), results.next()]);
  assert.deepEqual(
    values.map(({ value }) => value),
    [60, 0, 30, undefined],
  );
});

test('An abort of its signal ends an iteration with its reason, and lets the input go', async (t) => {
  const pool = openPool(t, 2);
  const source = new Source();
  const controller = new AbortController();
  const results = pool.imap(tasks.double, source, { signal: controller.signal });
  await results.next();
  const reason = new Error('enough');
  controller.abort(reason);
  let error: unknown;
  while (!error) await results.next().catch((thrown) => (error = thrown));
  assert.equal(error, reason);
  assert.equal(source.returned, 1);
  const never = pool.imap(tasks.double, new Source(), { signal: AbortSignal.abort(reason) });
  assert.equal(await rejection(never.next()), reason);
});

test('An iteration can be read to its end behind close(), which waits for that', async (t) => {
  const pool = openPool(t, 2);
  const results = pool.imap(tasks.double, range(50), { bufferSize: 3 });
  pool.close();
  assert.equal(await pool.join(100), false);
  assert.deepEqual(
    await collect(results),
    range(50).map((n) => n * 2),
  );
  assert.equal(await pool.join(), true);
  const left = openPool(t, 1);
  const unread = left.imap(tasks.double, range(50));
  left.close();
  await unread.return?.();
  assert.equal(await left.join(), true);
});

test('Terminating the pool ends an iteration with an error', async (t) => {
  const pool = openPool(t, 2);
  const results = pool.imap(tasks.later, range(4));
  const waiting = results.next();
  pool.terminate();
  assert.ok((await rejection(waiting)) instanceof CancelledError);
});
