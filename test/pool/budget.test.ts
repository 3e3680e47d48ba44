import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cpuCount, Pool, type PoolOptions } from 'brood';
import * as budget from '../fixtures/pool/budget.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { peakDuring, workersBelow } from './peak.js';
import { isGone, LIMIT, makeFolder, openPool, rejection, until, waitForLines } from './support.js';

async function openReady(t: TestContext, options: PoolOptions): Promise<Pool> {
  const pool = openPool(t, options);
  await pool.map(tasks.later, [1, 2], { chunkSize: 1 });
  return pool;
}

test('Pools one within the other share a budget: some get fewer workers than they want, and each gets one', async (t) => {
  const pool = openPool(t, { processes: 2, processBudget: 16 });
  let counts: number[] = [];
  const peak = await peakDuring(async () => {
    counts = await pool.apply(budget.descend, Array(5).fill({ processes: 4 }));
  });
  assert.deepEqual(counts, [4, 2, 1, 1, 1]);
  assert.ok(peak <= 16, `${peak} processes`);
});

test('Pools five deep with two tasks each complete, with one worker each once the budget is spent', async (t) => {
  const pool = openPool(t, { processes: 2, processBudget: 8 });
  let leaves: number[] = [];
  const peak = await peakDuring(async () => {
    leaves = await pool.starmap(
      budget.spread,
      [
        [4, 2],
        [4, 2],
      ],
      { chunkSize: 1 },
    );
  });
  assert.deepEqual(leaves, [16, 16]);
  // Half of the budget; and no more than 2, 3, 3 and 3 pools are open at once, since there are no more tasks that could open one.
  assert.ok(peak <= 4 + 11, `${peak} processes`);
});

test('By default pools within tasks leave it at four processes per core', async (t) => {
  const pool = openPool(t, 1);
  const [count] = await pool.apply(budget.descend, [{ processes: 64 }]);
  assert.equal(count, Math.max(1, 2 * cpuCount() - 1));
});

test('A pool of the program has as many workers as it is told to have, whatever the budget', async (t) => {
  const pool = openPool(t, { processes: 4, processBudget: 1 });
  assert.equal(pool.workerPids.length, 4);
  assert.deepEqual(await pool.apply(budget.descend, [{ processes: 3 }, { processes: 3 }]), [1, 1]);
});

test('A pool within a task can lower its budget, and not raise it', async (t) => {
  const pool = openPool(t, { processes: 2, processBudget: 12 });
  const countsBelow = (processBudget: number): Promise<number[]> =>
    pool.apply(budget.descend, [{ processes: 1, processBudget }, { processes: 8 }]);
  assert.deepEqual(await countsBelow(1000), [1, 3]);
  assert.deepEqual(await countsBelow(8), [1, 1]);
});

test('A pool within a task gets more workers once others let go of theirs', async (t) => {
  const pool = await openReady(t, { processes: 2, processBudget: 12 });
  const folder = makeFolder(t);
  const first = new AbortController();
  const options = { signal: first.signal, grace: 0 };
  const occupied = rejection(pool.apply(budget.occupy, [join(folder, 'first'), { processes: 4 }], options));
  assert.match((await waitForLines(join(folder, 'first')))[0] as string, /^\d+ 4$/);
  const growing = pool.apply(budget.grow, [join(folder, 'second'), { processes: 4 }, 4]);
  assert.deepEqual(await waitForLines(join(folder, 'second')), ['1']);
  first.abort();
  await occupied;
  assert.equal(await growing, 4);
});

test('SIGKILL of a task ends its pool, and gives back what that had of the budget', async (t) => {
  const pool = await openReady(t, { processes: 2, processBudget: 12 });
  const folder = makeFolder(t);
  for (let round = 0; round < 3; round += 1) {
    const paths = [join(folder, `first-${round}`), join(folder, `second-${round}`)] as const;
    const occupied = rejection(pool.apply(budget.occupy, [paths[0], { processes: 4 }]));
    const [line = ''] = await waitForLines(paths[0]);
    const [pid, count] = line.split(' ').map(Number) as [number, number];
    assert.equal(count, 4);
    const inner = workersBelow(pid);
    assert.equal(inner.length, 4);
    const growing = pool.apply(budget.grow, [paths[1], { processes: 4 }, 4]);
    assert.deepEqual(await waitForLines(paths[1]), ['1']);
    pool.resize(1); // Nobody takes the place of the one that was killed, in the arena neither.
    process.kill(pid, 'SIGKILL');
    await occupied;
    assert.equal(await growing, 4);
    await until(() => inner.every(isGone));
    pool.resize(2);
    await pool.map(tasks.later, [1, 2], { chunkSize: 1 });
  }
});

test('Spares count: where the budget is spent, a task boots none', async (t) => {
  for (const [processBudget, beside] of [
    [4, 1],
    [100, 2],
  ] as const) {
    const pool = openPool(t, { processes: 2, processBudget });
    const path = join(makeFolder(t), 'pid');
    pool.apply(budget.withSpares, [path]).catch(() => {});
    const [pid] = await waitForLines(path);
    const below = (): number => workersBelow(Number(pid)).length;
    await until(() => below() >= beside, LIMIT, `${beside} processes with a budget of ${processBudget}`);
    assert.equal(below(), beside, `with a budget of ${processBudget}`);
    pool.terminate();
    await pool.join();
  }
});

test('A budget that is no number of processes is a RangeError', () => {
  for (const processBudget of [0, -1, 1.5, Number.NaN, '4' as never]) {
    assert.throws(() => new Pool({ processes: 1, processBudget }), /RangeError.*processBudget is/);
  }
});
