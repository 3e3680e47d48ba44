import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PoolTerminatedError, TaskTimeoutError, WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, rejection, timed, until } from './support.js';

test('Nothing is run again unless it is asked for', async (t) => {
  const pool = openPool(t, 1);
  assert.equal((await rejection(pool.apply(tasks.succeedAt, [2]))).message, 'attempt 1');
  const error = await rejection<WorkerLostError>(pool.apply(harm.kill));
  assert.equal(error.attempts, 1);
  assert.equal(pool.statistics().tasks.retried, 0);
});

test('retries as a number allows that many further attempts, of any kind', async (t) => {
  const pool = openPool(t, 1);
  assert.equal(await pool.apply(tasks.succeedAt, [3], { retries: 2 }), 3);
  assert.equal((await rejection(pool.apply(tasks.succeedAt, [4], { retries: 2 }))).message, 'attempt 3');
  assert.equal(await pool.apply(harm.killOnFirstAttempts, [2], { retries: 2 }), 3);
  const lost = await rejection<WorkerLostError>(pool.apply(harm.killOnFirstAttempts, [3], { retries: 2 }));
  assert.ok(lost instanceof WorkerLostError);
  assert.equal(lost.attempts, 3);
});

test('retries per kind count only that kind', async (t) => {
  const pool = openPool(t, 1);
  assert.equal(await pool.apply(tasks.succeedAt, [2], { retries: { errors: 1 } }), 2);
  assert.equal(
    (await rejection(pool.apply(tasks.succeedAt, [2], { retries: { crashes: 5, timeouts: 5 } }))).message,
    'attempt 1',
  );
  assert.equal(await pool.apply(harm.killOnFirstAttempts, [1], { retries: { crashes: 1 } }), 2);
  assert.ok(
    (await rejection(pool.apply(harm.kill, [], { retries: { errors: 5, timeouts: 5 } }))) instanceof WorkerLostError,
  );
  const slow = await rejection<TaskTimeoutError>(
    pool.apply(harm.neverSettle, [], { timeout: 50, grace: 10, retries: { timeouts: 2 } }),
  );
  assert.ok(slow instanceof TaskTimeoutError);
});

test('retries.delay waits between attempts, and gets the number of the attempt that failed', async (t) => {
  const pool = openPool(t, 1);
  await pool.apply(tasks.add, [1, 1]);
  const fixed = await timed(() => pool.apply(tasks.succeedAt, [3], { retries: { errors: 2, delay: 80 } }));
  assert.equal(fixed.value, 3);
  assert.ok(fixed.ms >= 155, `${fixed.ms} ms`);
  const attempts: number[] = [];
  const delay = (attempt: number): number => {
    attempts.push(attempt);
    return attempt * 10;
  };
  assert.equal(await pool.apply(tasks.succeedAt, [4], { retries: { errors: 3, delay } }), 4);
  assert.deepEqual(attempts, [1, 2, 3]);
});

test('A task that waits to be run again ends with the pool, and waits on when it is closed', async (t) => {
  const closed = openPool(t, 1);
  const result = closed.apply(tasks.succeedAt, [3], { retries: { errors: 2, delay: 50 } });
  closed.close();
  assert.equal(await closed.join(), true);
  assert.equal(await result, 3);
  const terminated = openPool(t, 1);
  const hopeless = terminated.apply(tasks.succeedAt, [3], { retries: { errors: 2, delay: 60_000 } });
  const rejected = rejection(hopeless);
  await until(() => terminated.statistics().tasks.retried === 1);
  terminated.terminate();
  assert.ok((await rejected) instanceof PoolTerminatedError);
});

test('Items of map, imap and mapSettled are run again one by one', async (t) => {
  const pool = openPool(t, 2);
  const attempts = range(40).map(() => 2);
  assert.deepEqual(await pool.map(tasks.succeedAt, attempts, { retries: 1 }), attempts);
  const seen: number[] = [];
  for await (const attempt of pool.imap(tasks.succeedAt, attempts, { retries: 1, chunkSize: 5 })) seen.push(attempt);
  assert.deepEqual(seen, attempts);
  const settled = await pool.mapSettled(tasks.succeedAt, [1, 2, 3], { retries: { errors: 1 } });
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  );
});

test('Defaults for every task come from the pool; an option of the call wins', async (t) => {
  const pool = openPool(t, { processes: 1, task: { retries: 1, timeout: 5000 } });
  assert.equal(await pool.apply(tasks.succeedAt, [2]), 2);
  assert.deepEqual(await pool.map(tasks.succeedAt, [2, 2]), [2, 2]);
  assert.equal((await rejection(pool.apply(tasks.succeedAt, [2], { retries: 0 }))).message, 'attempt 1');
});
