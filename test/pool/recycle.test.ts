import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tasks from '../fixtures/pool/tasks.js';
import { LIMIT, openPool, range, until, warmUp } from './support.js';

const MIB = 2 ** 20;

test('maxTasksPerChild counts items, not chunks', async (t) => {
  const pool = openPool(t, { processes: 1, maxTasksPerChild: 2 });
  for (const chunkSize of [1, 6]) {
    const pids = await pool.map(tasks.pid, range(6), { chunkSize });
    const counts = new Map<number, number>();
    for (const pid of pids) counts.set(pid, (counts.get(pid) ?? 0) + 1);
    assert.deepEqual([...counts.values()], [2, 2, 2]);
  }
});

test('maxTasksPerChild 1 with queued tasks and an early close finishes', async (t) => {
  const pool = openPool(t, { processes: 1, maxTasksPerChild: 1 });
  const results = range(6).map((n) => pool.apply(tasks.later, [n, 20]));
  pool.close();
  assert.equal(await pool.join(), true);
  assert.deepEqual(await Promise.all(results), range(6));
});

test('maxMemoryPerChild replaces a worker between tasks', async (t) => {
  const pool = openPool(t, { processes: 1, maxMemoryPerChild: 20 * MIB });
  const first = await pool.apply(tasks.pid);
  assert.notEqual(await pool.apply(tasks.pid), first);
  const roomy = openPool(t, { processes: 1, maxMemoryPerChild: 4096 * MIB });
  assert.equal(await roomy.apply(tasks.pid), await roomy.apply(tasks.pid));
});

test('A pool with minProcesses starts few, grows with its work, and shrinks after idleTimeout', async (t) => {
  const pool = openPool(t, { processes: 3, minProcesses: 1, idleTimeout: 200 });
  assert.equal(pool.workerPids.length, 1);
  assert.equal(pool.processes, 3);
  const mapping = pool.map(tasks.later, range(30), { chunkSize: 1 });
  await until(() => pool.workerPids.length === 3);
  await mapping;
  await until(() => pool.workerPids.length === 1);
  await sleep(300);
  assert.equal(pool.workerPids.length, 1);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('A pool with minProcesses 0 starts nothing before its first task', async (t) => {
  const pool = openPool(t, { processes: 2, minProcesses: 0, idleTimeout: 50 });
  assert.deepEqual(pool.workerPids, []);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  await until(() => pool.workerPids.length === 0);
  assert.equal(await pool.apply(tasks.add, [2, 2]), 4);
});

test('A map of nothing, or of less than its workers may do, ends also where no worker is left or started', async (t) => {
  const empty = openPool(t, { processes: 1, minProcesses: 0 });
  assert.deepEqual(await empty.map(tasks.double, []), []);
  assert.deepEqual(empty.workerPids, []);
  const closed = openPool(t, { processes: 1, maxTasksPerChild: 1 });
  const results = closed.map(tasks.double, range(3), { chunkSize: 2 });
  closed.close();
  assert.deepEqual(await results, [0, 2, 4]);
  assert.equal(await closed.join(), true);
});

test('Pool.resize() ends idle workers at once and busy ones after their task; RangeError below 1', async (t) => {
  const pool = openPool(t, 3);
  await warmUp(pool);
  const task = pool.apply(tasks.later, ['done', 300]);
  await sleep(50);
  pool.resize(1);
  await until(() => pool.workerPids.length === 1);
  assert.equal(await task, 'done');
  for (const size of [0, -1, 1.5, Number.NaN])
    assert.throws(() => pool.resize(size), { name: 'RangeError', message: /at least one; / });
  assert.equal(pool.processes, 1);
  pool.resize(2);
  await warmUp(pool);
});

test('A worker that does not end when it is told to is killed', async (t) => {
  const pool = openPool(t, 1);
  const [pid] = pool.workerPids;
  await warmUp(pool);
  pool.close();
  process.kill(pid as number, 'SIGSTOP');
  assert.equal(await pool.join(LIMIT), true);
});
