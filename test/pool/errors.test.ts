import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResultSerializationError, ref, SerializationError } from 'brood';
import * as errors from '../fixtures/pool/errors.js';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, rejection } from './support.js';

test('An error thrown in a worker arrives as itself, with the remote stack and where it was', async (t) => {
  const pool = openPool(t, 1);
  const pid = await pool.apply(tasks.pid);
  const error = await rejection<errors.PaymentError>(pool.apply(errors.pay, [99]));
  assert.ok(error instanceof errors.PaymentError);
  assert.deepEqual(
    [error.name, error.message, error.code, error.amount],
    ['PaymentError', 'declined', 'E_PAYMENT', 99],
  );
  assert.ok(error.cause instanceof RangeError);
  assert.equal(error.cause.cause, 'a string');
  assert.match(error.stack ?? '', /\n {4}at pay \(file:.*errors\.js/);
  assert.match(error.stack ?? '', new RegExp(`\\n {4}in PoolWorker-\\d+ \\(pid ${pid}\\)$`));
});

test('An error of a class that no module exports arrives as an Error of the same name', async (t) => {
  const pool = openPool(t, 1);
  const error = await rejection(pool.apply(errors.throwHidden));
  assert.deepEqual([error.constructor, error.name, error.message], [Error, 'Hidden', 'nobody exports me']);
});

test('Whatever is thrown arrives', async (t) => {
  const pool = openPool(t, { processes: 1, stdio: 'ignore' });
  for (const value of [null, undefined, 0, 'text', { a: [1] }, new Map([[1, 2]])]) {
    assert.deepEqual(await rejection(pool.apply(errors.throwValue, [value])), value);
  }
  const stripped = await rejection<Error & { fine?: number; socket?: unknown }>(
    pool.apply(errors.throwUnsendableField),
  );
  assert.deepEqual([stripped.message, stripped.fine, 'socket' in stripped], ['with a field', 1, false]);
  assert.match((await rejection(pool.apply(errors.throwSymbol))).message, /Symbol\(thrown\)/);
  const several = await rejection<AggregateError>(pool.apply(errors.throwAggregate));
  assert.ok(several instanceof AggregateError && several.errors[0] instanceof TypeError);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('A result that cannot cross is an error that names the place and shows the value; the worker lives on', async (t) => {
  const pool = openPool(t, 1);
  const pid = await pool.apply(tasks.pid);
  for (let i = 0; i < 20; i += 1) {
    const error = await rejection<ResultSerializationError>(pool.apply(errors.returnSymbol));
    assert.ok(error instanceof ResultSerializationError && error instanceof SerializationError);
    assert.equal(error.path, 'result.list[1].deep');
    assert.match(error.value, /list/);
  }
  assert.ok((await rejection(pool.apply(errors.returnBound))) instanceof ResultSerializationError);
  assert.equal(await pool.apply(tasks.pid), pid);
});

test('An argument that the worker cannot decode rejects its own task only', async (t) => {
  const pool = openPool(t, 1);
  const pid = await pool.apply(tasks.pid);
  assert.match((await rejection(pool.apply(tasks.identity, [new harm.Refusing()]))).message, /.+/);
  await pool.apply(harm.fillStderr, [0]); // Its module registers the class there.
  const refusal = await rejection(pool.apply(tasks.identity, [new harm.Refusing()]));
  assert.equal(refusal.message, 'Cannot decode a value of kind "registered": will not be decoded');
  const items = range(10).map((n) => (n === 4 ? new harm.Refusing() : n));
  const settled = await pool.mapSettled(tasks.identity, items, { chunkSize: 10 });
  for (const [n, it] of settled.entries()) assert.equal(it.status, n === 4 ? 'rejected' : 'fulfilled');
  assert.equal(await pool.apply(tasks.pid), pid);
});

test('A function that its module does not export, or a module that does not load, rejects the task', async (t) => {
  const pool = openPool(t, 1);
  const module = ref<Record<string, () => void>>(new URL('../fixtures/pool/tasks.js', import.meta.url));
  assert.match((await rejection(pool.apply(module.misspelt as never))).message, /misspelt/);
  const absent = ref<Record<string, () => void>>(new URL('./no-such-module.js', import.meta.url));
  assert.match((await rejection(pool.apply(absent.run as never))).message, /no-such-module/);
  await rejection(pool.map(absent.run as never, range(10), { chunkSize: 5 }));
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});
