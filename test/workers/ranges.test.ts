import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, type Pool, RawArray, WorkerLostError } from 'brood';
import * as items from '../fixtures/workers/range-items.js';
import { openPool, range, rejection, until, warmUp } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const COUNT = 20_000;

interface Runs {
  readonly pool: Pool;
  /** How often each item was run. */
  readonly runs: RawArray<'i32'>;
  readonly gate: RawArray<'i32'>;
}

/** A pool whose workers have the arrays, and know the function as a cheap one, so that thousands of items go together. */
async function open(t: TestContext, processes: number): Promise<Runs> {
  const runs = new RawArray('i32', COUNT);
  const gate = new RawArray('i32', 1);
  const pool = openPool(t, { processes, initializer: items.share, initArgs: [runs, gate] });
  await warmUp(pool);
  await pool.map(items.count, range(COUNT));
  runs.view.fill(0);
  return { pool, runs, gate };
}

function assertEachRanOnce({ runs }: Runs, but: ReadonlySet<number> = new Set()): void {
  runs.view.forEach((times, n) => {
    if (!but.has(n)) assert.equal(times, 1, `item ${n}`);
  });
}

test('A worker that dies among thousands of items costs the one that had begun; none runs twice, no result is lost', async (t) => {
  const setting = await open(t, 2);
  const victims = new Set([5, 3000, 3001, 9999, COUNT - 1]);
  const settled = await setting.pool.mapSettled(
    items.count,
    range(COUNT).map((n) => (victims.has(n) ? -n : n)),
  );
  settled.forEach((outcome, n) => {
    if (!victims.has(n)) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
    else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof WorkerLostError, `item ${n}`);
  });
  assertEachRanOnce(setting);
  const { tasks } = setting.pool.statistics();
  assert.deepEqual([tasks.failed, tasks.queued, tasks.running], [victims.size, 0, 0]);
  assert.equal(tasks.done, 2 * COUNT - victims.size);
});

test('Killed at any instant of a map, a worker costs at most the item that had begun, and no item runs twice', async (t) => {
  const random = createRandom(seed);
  const setting = await open(t, 2);
  const rounds = scaled(10);
  for (let round = 0; round < rounds; round += 1) {
    setting.runs.view.fill(0);
    const settling = setting.pool.mapSettled(items.count, range(COUNT));
    await sleep(random() * 8);
    const pid = setting.pool.workerPids[0];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    const settled = await settling;
    const failed = new Set(settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : [])));
    assert.ok(failed.size <= 1, `round ${round}: ${failed.size} failed`);
    settled.forEach((outcome, n) => {
      if (!failed.has(n)) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
    });
    assertEachRanOnce(setting, failed);
    for (const n of failed) assert.ok((setting.runs.view[n] ?? 0) <= 1, `round ${round}, item ${n}`);
    await warmUp(setting.pool);
  }
});

test('With retries, items that kill their worker once leave nothing undone, and what they interrupt is not run again', async (t) => {
  const setting = await open(t, 2);
  const once = new Set([17, 4096, 12_345]);
  const results = await setting.pool.map(
    items.dieOnce,
    range(COUNT).map((n) => (once.has(n) ? -n : n)),
    { retries: { crashes: 1 } },
  );
  assert.deepEqual(results, range(COUNT));
  setting.runs.view.forEach((times, n) => {
    assert.equal(times, once.has(n) ? 2 : 1, `item ${n}`);
  });
  assert.equal(setting.pool.statistics().tasks.retried, once.size);
});

test('Items behind one that turns out long are run by another worker, and their results are there while it runs', async (t) => {
  const setting = await open(t, 2);
  const mapping = setting.pool.map(items.blockAt, range(COUNT));
  await until(() => setting.runs.view.every((times, n) => times === 1 || n === items.BLOCKING));
  await until(() => setting.runs.view[items.BLOCKING] === 1);
  await until(() => setting.pool.statistics().tasks.done === 2 * COUNT - 1);
  const { tasks, workers } = setting.pool.statistics();
  assert.deepEqual([tasks.queued, tasks.running], [0, 1]);
  assert.equal(workers.filter(({ task }) => task !== null).length, 1);
  Atomics.store(setting.gate.view, 0, 1);
  assert.deepEqual(await mapping, range(COUNT));
  assertEachRanOnce(setting);
});

test('An aborted map runs nothing more of what was sent, but what had begun', async (t) => {
  const setting = await open(t, 1);
  const stopping = new AbortController();
  const mapping = rejection(setting.pool.map(items.blockAt, range(COUNT), { signal: stopping.signal, grace: 10_000 }));
  await until(() => setting.runs.view[items.BLOCKING] === 1);
  stopping.abort(new CancelledError('enough'));
  assert.equal((await mapping).message, 'enough');
  Atomics.store(setting.gate.view, 0, 1);
  assert.equal(await setting.pool.apply(items.count, [1]), 1);
  assert.ok(setting.runs.view.subarray(items.BLOCKING + 1).every((times) => times === 0));
  assert.equal(setting.pool.statistics().tasks.running, 0);
});

test('An aborted map runs nothing of what came back from a worker that was held up, nor of what is made of it by its end', async (t) => {
  for (const isKilled of [false, true]) {
    const setting = await open(t, 1);
    const stopping = new AbortController();
    const options = { signal: stopping.signal, grace: 10_000, retries: { crashes: 1 } };
    const mapping = rejection(setting.pool.map(items.blockAt, range(COUNT), options));
    await until(() => setting.runs.view[items.BLOCKING] === 1);
    await until(() => setting.pool.statistics().tasks.queued === COUNT - 1 - items.BLOCKING);
    stopping.abort(new CancelledError('enough'));
    assert.equal((await mapping).message, 'enough');
    if (isKilled) process.kill(setting.pool.workerPids[0] as number, 'SIGKILL');
    Atomics.store(setting.gate.view, 0, 1);
    assert.equal(await setting.pool.apply(items.count, [1]), 1);
    assert.ok(setting.runs.view.subarray(items.BLOCKING + 1).every((times) => times === 0));
    const { queued, running } = setting.pool.statistics().tasks;
    assert.deepEqual([queued, running], [0, 0]);
  }
});

test('Items that come back again and again, from workers that are held up or die, run once each', async (t) => {
  const setting = await open(t, 3);
  const mapping = setting.pool.mapSettled(items.holdUpOrDie, range(COUNT), { retries: { crashes: 1 } });
  const settled = await mapping;
  settled.forEach((outcome, n) => {
    assert.deepEqual(outcome, { status: 'fulfilled', value: n });
    assert.equal(setting.runs.view[n], n % items.DYING === 0 ? 2 : 1, `item ${n}`);
  });
});

test('fail-fast: what was sent behind an item that throws does not begin, and mapSettled tells each by its index', async (t) => {
  const { pool } = await open(t, 2);
  const error = await rejection(pool.map(items.throwAt, range(COUNT)));
  assert.match(error.message, /^item \d+$/);
  const settled = await pool.mapSettled(items.throwAt, range(COUNT));
  settled.forEach((outcome, n) => {
    if (n % items.THROWING !== items.THROWING - 1) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
    else assert.equal(outcome.status === 'rejected' && outcome.reason.message, `item ${n}`);
  });
  const late = await rejection(pool.map(items.throwAt, range(COUNT), { failFast: false }));
  assert.equal(late.message, `item ${items.THROWING - 1}`);
});

test('Results of every form arrive as they are among thousands: plain, text, objects, promises, in map and imap', async (t) => {
  const { pool } = await open(t, 2);
  const expected = range(COUNT).map(items.formOf);
  assert.deepEqual(await pool.map(items.form, range(COUNT)), expected);
  let n = 0;
  for await (const result of pool.imap(items.form, range(3000), { chunkSize: 'auto' })) {
    assert.deepEqual(result, expected[n]);
    n += 1;
  }
  assert.equal(n, 3000);
  const seen = new Set<number>();
  for await (const result of pool.imapUnordered(items.count, range(COUNT), { chunkSize: 500 })) seen.add(result);
  assert.equal(seen.size, COUNT);
});

test('Pool.map() has a result for each item that was read, where its array grows or shrinks meanwhile', async (t) => {
  const { pool } = await open(t, 2);
  for (const length of [10, 30_000]) {
    const changing = range(COUNT);
    Object.defineProperty(changing, 5, {
      get: () => {
        changing.length = length;
        return 5;
      },
    });
    const results = await pool.map(items.double, changing, { chunkSize: 3 });
    assert.equal(results.length, changing.length);
    assert.deepEqual(results.slice(0, 10), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  }
});

test('currentTask() is that of the item, each with an id of its own', async (t) => {
  const { pool } = await open(t, 2);
  const ids = await pool.map(items.idNow, range(COUNT));
  assert.equal(new Set(ids).size, COUNT);
  const mine = await pool.map(items.idLater, range(3000), { chunkSize: 3000 });
  assert.ok(mine.every((isSame) => isSame));
});

test('currentTask() in what an item leaves behind is that of the item, whatever runs by then', async (t) => {
  const { pool } = await open(t, 1);
  await pool.apply(items.idNow, []); // From the first time that a worker asks, each task has a context.
  const left = await pool.map(items.leaveBehind, range(200), { chunkSize: 200 });
  const found = await pool.apply(items.collectLeft, []);
  assert.deepEqual(
    [...found].sort((a, b) => a - b),
    left,
  );
});

test('maxTasksPerChild counts items, however many go together', async (t) => {
  const pool = openPool(t, { processes: 2, maxTasksPerChild: 1000 });
  const pids = await pool.map(items.pid, range(5000));
  const counts = new Map<number, number>();
  for (const pid of pids) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  assert.ok([...counts.values()].every((runs) => runs <= 1000));
});

test('Numbers arrive as they are, packed or not: whole ones, fractions, -0, NaN, and what is among them', async (t) => {
  const pool = openPool(t, 2);
  const whole = range(5000).map((n) => n - 2500);
  const lists: unknown[][] = [
    whole,
    [...whole, 2 ** 31],
    [...whole, -0, ...whole],
    [0.5, ...whole, Number.NaN, Number.POSITIVE_INFINITY],
    [...whole, 'text', ...whole],
    [...whole, 1.5, null, ...whole],
    Object.assign(new Array(4), { 0: 1, 3: 2 }),
    [-0],
  ];
  for (const list of lists) {
    for (const chunkSize of ['auto', 1, 3000] as const) {
      const results = await pool.map(items.itself, list, { chunkSize });
      assert.deepEqual(results, Array.from(list));
      const settled = await pool.mapSettled(items.itself, list, { chunkSize });
      assert.deepEqual(
        settled.map((outcome) => outcome.status === 'fulfilled' && outcome.value),
        Array.from(list),
      );
    }
  }
  assert.deepEqual(await pool.map(items.itself, Float64Array.of(1, 2.5, -0)), [1, 2.5, -0]);
});

test('Each element of an array is read once, in order, whatever reading it does', async (t) => {
  const pool = openPool(t, 2);
  for (const value of [1, 0.5, 'text']) {
    const list: unknown[] = range(100);
    const reads: number[] = [];
    for (const n of range(100)) {
      Object.defineProperty(list, n, { get: () => reads.push(n) && (n === 50 ? value : n) });
    }
    const results = await pool.map(items.itself, list, { chunkSize: 40 });
    assert.deepEqual(reads, range(100));
    assert.equal(results[50], value);
  }
});
