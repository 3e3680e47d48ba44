import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Pool, RawArray, WorkerLostError } from 'brood';
import * as tasks from '../fixtures/workers/ledger-tasks.js';
import { openPool, range, rejection, until, warmUp } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const CALLS = 500;

/** Its workers are ready. What is to be sent together has to be known as cheap: each test runs its function before. */
async function openWarmPool(t: TestContext, processes: number): Promise<Pool> {
  const pool = openPool(t, processes);
  await warmUp(pool);
  return pool;
}

test('A worker that dies among thousands of tasks sent together costs the one that had begun; none runs twice', async (t) => {
  const pool = await openWarmPool(t, 2);
  const runs = new RawArray('i32', CALLS);
  await Promise.all(range(CALLS).map((n) => pool.apply(tasks.countOrDie, [runs, n, false])));
  runs.view.fill(0);
  const victims = new Set([7, 123, 124, 400]);
  const settled = await Promise.allSettled(
    range(CALLS).map((n) => pool.apply(tasks.countOrDie, [runs, n, victims.has(n)])),
  );
  settled.forEach((outcome, n) => {
    if (!victims.has(n)) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
    else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WorkerLostError, `task ${n}`);
  });
  assert.ok(runs.view.every((times) => times === 1));
});

test('Killed at any instant, a worker costs at most the one task that had begun, and no task runs twice', async (t) => {
  const random = createRandom(seed);
  const pool = await openWarmPool(t, 2);
  const rounds = scaled(10);
  for (let round = 0; round < rounds; round += 1) {
    const runs = new RawArray('i32', CALLS);
    const settling = Promise.allSettled(
      range(CALLS).map((n) => pool.apply(tasks.countFor, [runs, n, n % 50 === 0 ? 1 : 0])),
    );
    await sleep(random() * 12);
    const pid = pool.workerPids[0];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    const settled = await settling;
    const failed = settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []));
    assert.ok(failed.length <= 1, `round ${round}: ${failed.length} failed`);
    settled.forEach((outcome, n) => {
      if (outcome.status === 'fulfilled') assert.deepEqual([outcome.value, runs.view[n]], [n, 1]);
      else assert.ok((runs.view[n] ?? 0) <= 1, `round ${round}, task ${n}`);
    });
    await warmUp(pool);
  }
});

test('A task that is cancelled behind one that blocks its worker never runs', async (t) => {
  const pool = await openWarmPool(t, 1);
  const runs = new RawArray('i32', CALLS + 1);
  const open = new RawArray('i32', [1]);
  await Promise.all(range(CALLS).map((n) => pool.apply(tasks.countAndBlock, [runs, n, open])));
  runs.view.fill(0);
  const gate = new RawArray('i32', 1);
  const results = range(CALLS).map((n) => pool.applyAsync(tasks.countAndBlock, [runs, n, gate]));
  await until(() => runs.view[0] === 1);
  assert.ok(pool.statistics().tasks.queued > 0);
  const cancelled = results.map((result, n) => (n > 0 && n % 2 === 1 ? result.cancel() : undefined));
  Atomics.store(gate.view, 0, 1);
  const settled = await Promise.allSettled(results.map((result) => result.get()));
  settled.forEach((outcome, n) => {
    const isCancelled = n % 2 === 1;
    assert.equal(outcome.status, isCancelled ? 'rejected' : 'fulfilled', `task ${n}`);
    if (isCancelled) assert.equal(cancelled[n], 'queued', `task ${n}`);
    assert.equal(runs.view[n], isCancelled ? 0 : 1, `task ${n}`);
  });
});

test('Short tasks sent behind one that turns out long are run by another worker', async (t) => {
  const pool = await openWarmPool(t, 2);
  const runs = new RawArray('i32', CALLS);
  const open = new RawArray('i32', [1]);
  await Promise.all(range(CALLS).map((n) => pool.apply(tasks.countAndBlock, [runs, n, open])));
  runs.view.fill(0);
  const gate = new RawArray('i32', 1);
  // Amid short ones, so that some have been sent with it.
  const calls = range(CALLS).map((n) => pool.apply(tasks.countAndBlock, [runs, n, n === 100 ? gate : open]));
  const [long] = calls.splice(100, 1);
  await Promise.all(calls);
  assert.equal(pool.statistics().tasks.running, 1);
  Atomics.store(gate.view, 0, 1);
  assert.equal(await long, 100);
  assert.ok(runs.view.every((times) => times === 1));
});

test('The results of short tasks arrive while a long one that was sent with them still runs', async (t) => {
  const pool = await openWarmPool(t, 1);
  const runs = new RawArray('i32', CALLS);
  const open = new RawArray('i32', [1]);
  await Promise.all(range(CALLS).map((n) => pool.apply(tasks.countAndBlock, [runs, n, open])));
  const gate = new RawArray('i32', 1);
  const calls = range(100).map((n) => pool.apply(tasks.countAndBlock, [runs, n, n === 99 ? gate : open]));
  await Promise.all(calls.slice(0, 99));
  Atomics.store(gate.view, 0, 1);
  assert.equal(await calls[99], 99);
});

test('Results of every form arrive as they are, in a batch and alone', async (t) => {
  const pool = await openWarmPool(t, 2);
  const results = await Promise.all(range(2200).map((n) => pool.apply(tasks.resultOf, [n])));
  assert.deepEqual(results, range(2200).map(tasks.resultOf));
  assert.ok(Object.is(await pool.apply(tasks.resultOf, [1]), -0));
  assert.deepEqual(await pool.map(tasks.resultOf, range(2200)), range(2200).map(tasks.resultOf));
});

test('A worker that was told to end after its task, and is killed during it, fails that task', async (t) => {
  const pool = await openWarmPool(t, 2);
  const runs = new RawArray('i32', 2);
  const gate = new RawArray('i32', 1);
  const calls = range(2).map((n) => rejection(pool.apply(tasks.countAndBlock, [runs, n, gate])));
  await until(() => runs.view.every((times) => times === 1));
  const pids = pool.workerPids;
  pool.resize(1);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  for (const error of await Promise.all(calls)) assert.ok(error instanceof WorkerLostError, String(error));
});

test('maxTasksPerChild holds for tasks that are sent together', async (t) => {
  const pool = openPool(t, { processes: 2, maxTasksPerChild: 10 });
  const pids = await Promise.all(range(200).map(() => pool.apply(tasks.pid)));
  const counts = new Map<number, number>();
  for (const pid of pids) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  assert.ok([...counts.values()].every((runs) => runs <= 10));
  assert.ok(counts.size >= 20);
});
