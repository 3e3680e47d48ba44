import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { makeFolder, openPool, range, rejection, until, warmUp } from './support.js';

test('Pool.statistics() counts exactly', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.double, range(100), { chunkSize: 7 });
  await rejection(pool.apply(tasks.oddOnly, [2]));
  await pool.apply(tasks.succeedAt, [3], { retries: 2 });
  await rejection(pool.apply(harm.kill));
  const cancelled = pool.applyAsync(tasks.add, [1, 1]);
  cancelled.cancel();
  assert.deepEqual(pool.statistics().tasks, { queued: 0, running: 0, done: 101, failed: 2, cancelled: 1, retried: 2 });
  assert.equal(pool.statistics().lost, 1);
  await warmUp(pool);
  assert.equal(pool.statistics().workers.length, 2);
});

test('Pool.statistics() shows what is queued and what runs, and in which worker', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  const gate = join(makeFolder(t), 'gate');
  const results = range(5).map(() => pool.apply(tasks.onceThere, [gate, 1]));
  const delayed = pool.apply(tasks.succeedAt, [2], { retries: { errors: 1, delay: 100 } });
  const cancelled = pool.applyAsync(tasks.add, [1, 1]);
  cancelled.cancel();
  await turn();
  const { tasks: counts, workers } = pool.statistics();
  assert.deepEqual([counts.queued, counts.running], [4, 2]);
  assert.deepEqual(new Set(workers.map(({ pid }) => pid)), new Set(pool.workerPids));
  for (const worker of workers) {
    assert.equal(worker.state, 'busy');
    assert.equal(typeof worker.task, 'number');
    assert.ok(worker.rss > 10 * 2 ** 20);
  }
  tasks.mark(gate);
  await Promise.all([...results, delayed]);
  await until(() => pool.statistics().workers.every(({ state, task }) => state === 'idle' && task === null));
  assert.equal(
    pool.statistics().workers.reduce((sum, { tasksDone }) => sum + tasksDone, 0),
    7,
  );
  const endless = pool.map(
    tasks.later,
    (function* () {
      for (;;) yield 1;
    })(),
    { signal: AbortSignal.timeout(100) },
  );
  await turn();
  assert.ok(Number.isFinite(pool.statistics().tasks.queued));
  await rejection(endless);
});

test('Pool.statistics() is a frozen snapshot with run times', async (t) => {
  const pool = openPool(t, 2);
  const before = pool.statistics();
  await pool.map(
    tasks.spin,
    range(20).map(() => 10),
  );
  assert.deepEqual(before.tasks, { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, retried: 0 });
  const after = pool.statistics();
  for (const frozen of [after, after.tasks, after.workers, after.workers[0], after.runTime])
    assert.ok(Object.isFrozen(frozen));
  const { p50, p99, mean } = after.runTime;
  assert.ok(p50 >= 9.9 && p99 >= p50 && mean >= 9.9, JSON.stringify(after.runTime));
  assert.deepEqual(before.runTime, { p50: 0, p99: 0, mean: 0 });
  for (const { startTime, busyTime, idleTime } of before.workers) {
    assert.ok(startTime > 0);
    assert.deepEqual([busyTime, idleTime], [0, 0]);
  }
});

test('Pool.statistics() tells how long workers took to start, worked and had nothing to do', async (t) => {
  const began = performance.now();
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(
    tasks.spin,
    range(20).map(() => 10),
  );
  const { workers } = pool.statistics();
  const lifetime = performance.now() - began;
  for (const { startTime, busyTime, idleTime } of workers) {
    assert.ok(startTime > 0 && busyTime > 0, JSON.stringify(workers));
    assert.ok(startTime + busyTime + idleTime <= lifetime, JSON.stringify(workers));
  }
  assert.ok(workers.reduce((sum, { busyTime }) => sum + busyTime, 0) >= 190, JSON.stringify(workers));
  await sleep(60);
  for (const [i, later] of pool.statistics().workers.entries()) {
    assert.ok(later.idleTime - (workers[i]?.idleTime ?? 0) >= 50);
    assert.equal(later.startTime, workers[i]?.startTime);
  }
});
