import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import * as tasks from '../fixtures/pool/tasks.js';
import { isLong } from '../support/seed.js';
import { openPool, range, until, warmUp } from './support.js';

const MIB = 2 ** 20;

test('A hundred thousand small tasks, each with its own result', async (t) => {
  const pool = openPool(t, 2);
  const count = 100_000;
  const results = await Promise.all(range(count).map((n) => pool.apply(tasks.double, [n])));
  for (let n = 0; n < count; n += 1) if (results[n] !== n * 2) assert.fail(`result ${n} is ${results[n]}`);
  assert.equal(pool.statistics().tasks.done, count);
});

test('An argument and a result of 256 MiB', async (t) => {
  const pool = openPool(t, 1);
  const size = 256 * MIB;
  const argument = new Uint8Array(size).fill(3);
  assert.deepEqual(await pool.apply(tasks.checksum, [argument]), { length: size, sum: (3 * size) / 65_536 });
  const result = await pool.apply(tasks.bytes, [size, 9]);
  assert.deepEqual([result.length, result[0], result[size - 1]], [size, 9, 9]);
});

test('The event loop of the parent stays responsive while many tasks pass', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.double, range(1000));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let next = 0;
  let sinceTurn = 0;
  let most = 0;
  const lane = async (): Promise<void> => {
    while (next < 5000) {
      next += 1;
      await pool.apply(tasks.double, [next]);
      sinceTurn += 1;
      most = Math.max(most, sinceTurn);
    }
  };
  const lanes = Promise.all(range(8).map(lane));
  while (next < 5000) {
    await turn();
    sinceTurn = 0;
  }
  await lanes;
  delay.disable();
  assert.ok(most <= 1000, `${most} tasks without a turn of the event loop`);
  // Elsewhere others have the core now and then, for as long as they like.
  const late = delay.percentile(isLong ? 99 : 50) / 1e6;
  assert.ok(late < 100, `${late} ms`);
});

test('A parent that does nothing else for a while loses no result and times nothing out', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.later, [1, 2], { chunkSize: 1 });
  const mapping = pool.map(
    tasks.later,
    range(20).map(() => 5),
    { chunkSize: 10, timeout: 2500 },
  );
  await until(() => pool.statistics().tasks.running > 0);
  tasks.spin(3000);
  assert.deepEqual(
    await mapping,
    range(20).map(() => 5),
  );
});

test('Tasks that run for long are spread over all workers, also by the automatic chunk size', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(
    tasks.later,
    range(20).map(() => 5),
  );
  const pids = await pool.map(
    tasks.pidLater,
    range(10).map(() => 200),
  );
  for (const pid of new Set(pids)) assert.ok(pids.filter((one) => one === pid).length >= 3, String(pids));
  assert.equal(new Set(pids).size, 2);
});
