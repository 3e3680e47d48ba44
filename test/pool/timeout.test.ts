import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type Pool, TaskTimeoutError, TimeoutError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import {
  isGone,
  LIMIT,
  linesOf,
  makeFolder,
  openPool,
  range,
  rejection,
  timed,
  until,
  waitForLines,
  warmUp,
} from './support.js';

const timeout = 200;
const grace = 300;
/** How late all may be on an overloaded machine, in milliseconds; what would never end is told from it all the same. */
const LATE = LIMIT;

/** The task ends in time with a TaskTimeoutError, while its neighbour does not notice; then the pool is complete again. */
async function expectTimeout<A extends unknown[]>(
  pool: Pool,
  fn: (...args: A) => unknown,
  args: A,
  options = { timeout, grace },
): Promise<TaskTimeoutError> {
  const limit = options.timeout + options.grace;
  let neighbour: Promise<string> | undefined;
  const { value: error, ms } = await timed(() => {
    const task = pool.apply(fn, args, options);
    neighbour = pool.apply(tasks.later<string>, ['neighbour', limit]);
    return rejection<TaskTimeoutError>(task);
  });
  assert.ok(error instanceof TaskTimeoutError && error instanceof TimeoutError, String(error));
  assert.equal(error.timeout, options.timeout);
  assert.ok(ms >= options.timeout && ms < limit + LATE, `it took ${ms} ms`);
  assert.equal(await neighbour, 'neighbour');
  await until(() => pool.workerPids.length === 2);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  return error;
}

async function readyPool(t: Parameters<typeof openPool>[0]): Promise<Pool> {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.later, [1, 2], { chunkSize: 1 });
  return pool;
}

test('A task that loops for ever is stopped, and the error names the function it is in', async (t) => {
  const pool = await readyPool(t);
  const error = await expectTimeout(pool, harm.loopForEver, [], { timeout, grace: 1000 });
  assert.match(error.stuckAt[0] ?? '', /^loopForEver \(file:.*harm\.js:\d+:\d+\)$/);
  assert.match(error.message, /loopForEver/);
});

test('Where a task is stuck is known, too, if its worker was looked into before and lived on', async (t) => {
  const pool = openPool(t, 1);
  const options = { timeout, grace: 20_000 };
  const late = await rejection<TaskTimeoutError>(pool.apply(harm.loopUntilInspected, [2000], options));
  const [pid] = pool.workerPids;
  const stuck = pool.apply(harm.loopForEver, [], { timeout, grace: 1000 });
  assert.deepEqual(pool.workerPids, [pid]);
  assert.match(late.stuckAt[0] ?? '', /^loopUntilInspected /);
  const error = await rejection<TaskTimeoutError>(stuck);
  assert.match(error.stuckAt[0] ?? '', /^loopForEver /);
  assert.deepEqual([error.pid, error.attempts], [pid, 1]);
});

test('A task blocked in a system call is stopped', async (t) => {
  const pool = await readyPool(t);
  const fifo = join(makeFolder(t), 'fifo');
  const error = await expectTimeout(pool, harm.readFifo, [fifo]);
  assert.ok(Array.isArray(error.stuckAt));
});

test('A task that never settles is stopped, and so is one that ignores SIGTERM', async (t) => {
  const pool = await readyPool(t);
  await expectTimeout(pool, harm.neverSettle, []);
  await expectTimeout(pool, harm.ignoreSigterm, []);
});

test('A task that started processes of its own is stopped with all of them', async (t) => {
  const pool = await readyPool(t);
  const path = join(makeFolder(t), 'pids');
  // Time enough to start them.
  await expectTimeout(pool, harm.startGrandchildren, [path], { timeout: 3000, grace });
  const pids = linesOf(path).map(Number);
  assert.equal(pids.length, 2);
  await until(() => pids.every(isGone));
});

test('A task of a stopped process is stopped', async (t) => {
  const pool = await readyPool(t);
  const path = join(makeFolder(t), 'pid');
  const ended = expectTimeout(pool, harm.markThenHang, [path], { timeout: 3000, grace });
  const [pid] = await waitForLines(path);
  process.kill(Number(pid), 'SIGSTOP');
  await ended;
});

test('A worker that was stopped while it was idle does not keep a task with a timeout', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  process.kill(pool.workerPids[0] as number, 'SIGSTOP');
  const { ms } = await timed(() => rejection(pool.apply(tasks.add, [1, 1], { timeout: 100, grace: 50 })));
  assert.ok(ms < LATE, `${ms} ms`);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('A task that ends itself when its signal aborts delivers what it returns, and its worker stays', async (t) => {
  const pool = openPool(t, 1);
  const pid = await pool.apply(tasks.pid);
  const options = { timeout: 50, grace: LIMIT };
  assert.equal(await pool.apply(harm.untilAborted, [], options), 'partial: TimeoutError');
  const error = await rejection<TaskTimeoutError>(pool.apply(harm.throwOnceAborted, [], options));
  assert.ok(error instanceof TaskTimeoutError);
  assert.equal((error.cause as Error).message, 'gave up');
  assert.equal(await pool.apply(tasks.pid), pid);
});

test('A short timeout counts also behind a task with a long one on the same worker', async (t) => {
  const pool = openPool(t, 1);
  assert.equal(await pool.apply(tasks.add, [1, 1], { timeout: 60_000 }), 2);
  const { ms } = await timed(() => rejection(pool.apply(harm.neverSettle, [], { timeout: 100, grace: 50 })));
  assert.ok(ms < LATE, `${ms} ms`);
});

test('The timeout of a map is per item', async (t) => {
  const pool = openPool(t, 1);
  assert.equal(
    (
      await pool.map(
        tasks.afterMs,
        range(8).map(() => 400),
        { timeout: 2500, chunkSize: 8 },
      )
    ).length,
    8,
  );
  const settled = await pool.mapSettled(tasks.afterMs, [1, 600_000, 2], { timeout: 2500, grace: 50, chunkSize: 3 });
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('The time a worker takes to import the module of a task is not the time of the task', async (t) => {
  const pool = openPool(t, 1);
  const { slowModule } = await import('../fixtures/pool/slow-module.js');
  await warmUp(pool);
  const options = { timeout: 1500, grace: LIMIT };
  assert.equal(await pool.apply(slowModule, [], options), 'loaded, not aborted');
  assert.equal(await pool.apply(slowModule, [], options), 'loaded, not aborted');
});

test('A result that came while the program itself was busy counts as in time', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const large = 'x'.repeat(100_000);
  await pool.apply(tasks.later, [large, 1]); // Its module is there.
  for (const value of [1, 'text', large]) {
    const result = pool.apply(tasks.later, [value, 50], { timeout: 1500, grace: 0 });
    await turn();
    tasks.spin(2000);
    assert.equal(await result, value);
  }
});

test('Fast tasks with a timeout never run out of time', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  assert.deepEqual(await pool.map(tasks.identity, range(5000), { timeout: 2000 }), range(5000));
});
