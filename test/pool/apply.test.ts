import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CancelledError, Pool, ref, SerializationError, StateError, TimeoutError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { makeFolder, openPool, range, rejection } from './support.js';

const byReference = ref<typeof import('../fixtures/pool/tasks.js')>(
  new URL('../fixtures/pool/tasks.js', import.meta.url),
);

test('Pool.apply() calls an exported function, or a reference to one, in another process', async (t) => {
  const pool = openPool(t);
  assert.equal(await pool.apply(tasks.add, [2, 3]), 5);
  assert.equal(await pool.apply(byReference.add, [2, 3]), 5);
  assert.equal(await pool.apply(tasks.later, ['slow']), 'slow');
  assert.notEqual(await pool.apply(tasks.pid), process.pid);
  assert.match(await pool.apply(tasks.processName), /^PoolWorker-\d+$/);
});

test('Pool.apply() calls with as many arguments as it is given, whatever they are', async (t) => {
  const pool = openPool(t, 2);
  const calls = [[], [1], [undefined], [1, 2], [[3, 4]], [new Map([[5, 6]])], [[7], 8], [null], ['9', {}], [[]]];
  const many = range(50).flatMap(() => calls);
  assert.deepEqual(await Promise.all(many.map((args) => pool.apply(tasks.list, args))), many);
});

test('Pool.apply() takes its arguments as they are at the call', async (t) => {
  const pool = openPool(t, 1);
  const list = [1];
  const first = pool.apply(tasks.later, [list, 50]);
  const second = pool.apply(tasks.identity, [list]);
  list.push(2);
  assert.deepEqual(await Promise.all([first, second]), [[1], [1]]);
});

test('Large arguments that a task keeps stay what they were, and may be transferred', async (t) => {
  const pool = openPool(t, 1);
  const kept = [
    Buffer.alloc(3e5, 1),
    new Float64Array(1e5).fill(1.5),
    new Uint8Array(2e6).fill(3),
    new Uint8Array(2e5).buffer,
  ];
  await pool.apply(tasks.setState, [kept]);
  for (let n = 0; n < 10; n += 1) await pool.apply(tasks.checksum, [Buffer.alloc(4e6, 9)]);
  assert.deepEqual(await pool.apply(tasks.getState), kept);
  await pool.apply(tasks.transferState);
});

test('Pool.apply() returns exactly what JSON would not keep', async (t) => {
  const pool = openPool(t, 1);
  const values = [
    undefined,
    null,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    10n,
    'ä\u0000\ud800',
    new Date(5),
    new Map([[1, new Set([2])]]),
    /a/g,
  ];
  for (const value of values) assert.deepEqual(await pool.apply(tasks.identity, [value]), value);
  assert.equal(await pool.apply(tasks.isNegativeZero, [-0]), true);
  assert.equal(await pool.apply(tasks.describe, [undefined]), 'undefined:undefined');
});

test('Pool.apply() rejects for what is no function, and the pool goes on', async (t) => {
  const pool = openPool(t, 1);
  assert.ok((await rejection(pool.apply(7 as never))) instanceof TypeError);
  assert.ok((await rejection(pool.apply(tasks.add, 'no list' as never))) instanceof TypeError);
  assert.match((await rejection(pool.apply((() => 1).bind(null)))).message, /wrap it in a function of your own/);
  assert.throws(() => pool.applyAsync(null as never), TypeError);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('Pool.apply() names the place of an argument that cannot cross', async (t) => {
  const pool = openPool(t, 1);
  const error = await rejection<SerializationError>(
    pool.apply(tasks.identity, [{ items: [1, { symbol: Symbol('s') }] }]),
  );
  assert.ok(error instanceof SerializationError);
  assert.equal(error.path, 'args[0].items[1].symbol');
  assert.throws(() => pool.applyAsync(tasks.identity, [Symbol('s')]), SerializationError);
  assert.equal(await pool.apply(tasks.identity, ['fine']), 'fine');
});

test('AsyncResult.get() may be called again, and times out without ending the task', async (t) => {
  const pool = openPool(t, 1);
  const gate = join(makeFolder(t), 'gate');
  const result = pool.applyAsync(tasks.onceThere<string>, [gate, 'value']);
  assert.equal(result.ready(), false);
  assert.throws(() => result.successful(), StateError);
  assert.ok((await rejection(result.get(0))) instanceof TimeoutError);
  assert.ok((await rejection(result.get({ timeout: 5 }))) instanceof TimeoutError);
  assert.ok((await rejection(result.get(Number.NaN))) instanceof RangeError);
  assert.equal(await result.wait(1), false);
  const reason = new Error('no patience');
  assert.equal(await rejection(result.get({ signal: AbortSignal.abort(reason) })), reason);
  assert.equal(await result.get(-1).catch(() => 'polled'), 'polled');
  tasks.mark(gate);
  assert.equal(await result.get(), 'value');
  assert.equal(await result.get(0), 'value');
  assert.equal(await result.wait(), true);
  assert.deepEqual([result.ready(), result.successful()], [true, true]);
});

test('AsyncResult of a failing task has the same error at each call, and nobody has to look at it', async (t) => {
  const pool = openPool(t, 1);
  const result = pool.applyAsync(tasks.oddOnly, [2]);
  assert.equal(await result.wait(), true);
  assert.equal(result.successful(), false);
  assert.equal(await rejection(result.get()), await rejection(result.get(0)));
  pool.applyAsync(tasks.oddOnly, [4]); // Would be an unhandled rejection, which fails this file.
  assert.equal(await pool.apply(tasks.oddOnly, [3]), 3);
});

test('Callbacks: exactly one is called, once, before get() settles', async (t) => {
  const pool = openPool(t, 1);
  const calls: unknown[] = [];
  const callbacks = {
    callback: (value: unknown) => void calls.push(['value', value]),
    errorCallback: (error: unknown) => void calls.push(['error', (error as Error).message]),
  };
  const good = pool.applyAsync(tasks.add, [1, 2], callbacks);
  await good.get().then(() => calls.push('got'));
  await good.get();
  const bad = pool.applyAsync(tasks.oddOnly, [2], callbacks);
  await bad.get().catch(() => calls.push('got'));
  const many = pool.mapAsync(tasks.double, [1, 2, 3], callbacks);
  await many.get().then(() => calls.push('got'));
  const stars = pool.starmapAsync(
    tasks.add,
    [
      [1, 2],
      [3, 4],
    ],
    callbacks,
  );
  await stars.get();
  const cancelled = pool.applyAsync(tasks.later, [1, 10_000], callbacks);
  cancelled.cancel(new Error('enough'));
  await cancelled.wait();
  assert.deepEqual(calls, [
    ['value', 3],
    'got',
    ['error', 'even: 2'],
    'got',
    ['value', [2, 4, 6]],
    'got',
    ['value', [3, 7]],
    ['error', 'enough'],
  ]);
  assert.throws(() => pool.applyAsync(tasks.add, [1, 2], { callback: 'no' as never }), TypeError);
});

test('A callback that throws is an uncaught exception; the result settles and the pool lives on', async (t) => {
  const pool = openPool(t, 1);
  const uncaught: unknown[] = [];
  const listeners = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  t.after(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener as () => void);
  });
  const mistake = new Error('in a callback');
  const callback = (): never => {
    throw mistake;
  };
  assert.equal(await pool.applyAsync(tasks.add, [1, 2], { callback }).get(), 3);
  await rejection(pool.applyAsync(tasks.oddOnly, [2], { errorCallback: callback }).get());
  assert.deepEqual(await pool.mapAsync(tasks.double, range(3), { callback }).get(), [0, 2, 4]);
  assert.deepEqual(uncaught, [mistake, mistake, mistake]);
  assert.equal(await pool.apply(tasks.add, [1, 2]), 3);
});

test('Options that are no object are refused alike by every call', async (t) => {
  const pool = openPool(t, 1);
  const refused = { name: 'TypeError', message: /^Cannot use options "null": .*; / };
  const none = null as never;
  await assert.rejects(pool.apply(tasks.add, [1, 2], none), refused);
  await assert.rejects(pool.map(tasks.double, [1], none), refused);
  await assert.rejects(pool.starmap(tasks.add, [[1, 2]], none), refused);
  await assert.rejects(pool.mapSettled(tasks.double, [1], none), refused);
  assert.throws(() => pool.applyAsync(tasks.add, [1, 2], none), refused);
  assert.throws(() => pool.mapAsync(tasks.double, [1], none), refused);
  assert.throws(() => pool.imap(tasks.double, [1], none), refused);
  assert.deepEqual(await pool.map(tasks.double, [1]), [2]);
});

test('Callbacks may submit again, also while the pool is being terminated', async () => {
  const pool = new Pool(1);
  const again: unknown[] = [];
  const first = pool.applyAsync(tasks.later, [1, 60_000], {
    errorCallback: () => {
      try {
        again.push(pool.applyAsync(tasks.later, [2]));
      } catch (error) {
        again.push(error);
      }
    },
  });
  pool.terminate();
  assert.ok((await rejection(first.get())) instanceof CancelledError);
  assert.ok(again[0] instanceof StateError);
  assert.equal(await pool.join(), true);
});

test('Options of a task that cannot be are refused, and the message says what to give', async (t) => {
  const pool = openPool(t, 1);
  const refused: object[] = [
    { timeout: Number.NaN },
    { timeout: -1 },
    { timeout: 0 },
    { grace: Number.NaN },
    { priority: Number.NaN },
    { retries: -1 },
    { retries: 0.5 },
    { retries: { errors: Number.NaN } },
    { retries: { delay: Number.NaN } },
  ];
  for (const options of refused) {
    assert.throws(
      () => pool.applyAsync(tasks.add, [1, 2], options),
      { name: 'RangeError', message: /; / },
      JSON.stringify(options),
    );
    assert.ok((await rejection(pool.apply(tasks.add, [1, 2], options))) instanceof RangeError);
  }
  assert.equal(await pool.apply(tasks.add, [1, 2]), 3);
});
