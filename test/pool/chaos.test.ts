import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, type Pool, TaskTimeoutError, WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { openPool, range, until } from './support.js';

const count = scaled(2000);
const kills = scaled(12);

/** Kills a random worker, whatever it is doing, at random times, so many times; resolves to how many it met. */
async function killAtRandom(pool: Pool, random: () => number, isOver: () => boolean): Promise<number> {
  let killed = 0;
  while (killed < kills && !isOver()) {
    await sleep(random() * 150);
    const pids = pool.workerPids;
    const pid = pids[Math.floor(random() * pids.length)];
    if (pid === undefined || isOver()) continue;
    try {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // It was gone already.
    }
  }
  return killed;
}

test('Random kills with retries: no result is lost, wrong, or delivered twice', async (t) => {
  const random = createRandom(seed);
  const pool = openPool(t, 3);
  let isOver = false;
  const killing = killAtRandom(pool, random, () => isOver);
  const deliveries = new Array(count).fill(0);
  const singles = range(count / 2).map(async (n) => {
    assert.equal(await pool.apply(tasks.later, [n, random() < 0.3 ? 3 : 0], { retries: { crashes: 1000 } }), n);
    deliveries[n] += 1;
  });
  const items = range(count / 2).map((n) => n + count / 2);
  const mapping = pool.map(tasks.later, items, { retries: { crashes: 1000 } }).then((results) => {
    assert.deepEqual(results, items);
    for (const n of results) deliveries[n] += 1;
  });
  await Promise.all([...singles, mapping]);
  isOver = true;
  const killed = await killing;
  assert.ok(deliveries.every((times) => times === 1));
  assert.ok(killed > 0);
  await until(() => pool.workerPids.length === 3, 10_000);
  const { tasks: counts } = pool.statistics();
  assert.deepEqual([counts.queued, counts.running, counts.failed, counts.done], [0, 0, 0, count]);
});

test('Random kills without retries: each kill fails at most one task, and every failure names it', async (t) => {
  const random = createRandom(seed);
  const pool = openPool(t, 3);
  let isOver = false;
  const killing = killAtRandom(pool, random, () => isOver);
  const settled = await pool.mapSettled(tasks.later, range(count), { chunkSize: 5 });
  isOver = true;
  const killed = await killing;
  const failures = settled.flatMap((it, n) => {
    if (it.status === 'rejected') return [it.reason as WorkerLostError];
    assert.equal(it.value, n);
    return [];
  });
  assert.ok(failures.length <= killed, `${failures.length} failures, ${killed} kills`);
  for (const error of failures) {
    assert.ok(error instanceof WorkerLostError && error.signal === 'SIGKILL', String(error));
    assert.equal(error.attempts, 1);
  }
  assert.equal(new Set(failures.map(({ pid }) => pid)).size, failures.length);
});

test('Everything at once: kills, timeouts, cancels, crashes, resizing, recycling', async (t) => {
  const random = createRandom(seed);
  const pool = openPool(t, { processes: 3, maxTasksPerChild: 40, stdio: 'ignore', task: { grace: 50 } });
  let isOver = false;
  const killing = killAtRandom(pool, random, () => isOver);
  const resizing = (async () => {
    while (!isOver) {
      await sleep(100);
      pool.resize(1 + Math.floor(random() * 4));
    }
  })();
  const outcomes = range(scaled(250)).map(async (n) => {
    const lot = random();
    if (lot < 0.02) return pool.apply(harm.loopForEver, [], { timeout: 30 }).catch((error) => error);
    if (lot < 0.05) return pool.apply(harm.exit, [1]).catch((error) => error);
    if (lot < 0.1)
      return pool
        .apply(harm.neverSettle, [], { signal: AbortSignal.timeout(Math.floor(random() * 500)) })
        .catch((error) => error);
    const retries = lot < 0.5 ? 100 : 0;
    return pool.apply(tasks.later, [n, Math.floor(random() * 10)], { retries }).catch((error) => error);
  });
  const settled = await Promise.all(outcomes);
  isOver = true;
  await Promise.all([killing, resizing]);
  settled.forEach((outcome, n) => {
    if (outcome === n) return;
    const isKnown = [WorkerLostError, TaskTimeoutError, CancelledError, DOMException].some(
      (type) => outcome instanceof type,
    );
    assert.ok(isKnown, `${n}: ${String(outcome)}`);
  });
  await until(() => pool.statistics().tasks.running === 0);
  assert.equal(pool.statistics().tasks.queued, 0);
  pool.resize(2);
  assert.deepEqual(
    await pool.map(tasks.double, range(50)),
    range(50).map((n) => n * 2),
  );
});

test('Any number of workers, recycled after any number of tasks, completes everything', async (t) => {
  for (const processes of [1, 2, 4]) {
    for (const maxTasksPerChild of [1, 2, 3]) {
      const pool = openPool(t, { processes, maxTasksPerChild });
      const items = range(scaled(5) * maxTasksPerChild);
      const closing = pool.map(
        tasks.later,
        items.map((n) => n),
        { chunkSize: 1 + (processes % 3) },
      );
      pool.close();
      assert.deepEqual(await closing, items);
      assert.equal(await pool.join(10_000), true);
    }
  }
});
