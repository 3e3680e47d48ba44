import assert from 'node:assert/strict';
import { WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as steps from '../fixtures/pool/steps.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, timed } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { keepBusy } from './keep-busy.js';
import { killAtRandom, patience, scenario, waitUntilComplete } from './scenario.js';

const COUNT = scaled(2000);
const KILLS = scaled(20);
const forgiving = { retries: { crashes: 1000 } };

scenario('A1', 'workers killed at random, with retries', async (t, ledger) => {
  const random = createRandom(seed);
  const pool = openPool(t, 3);
  const killing = killAtRandom(pool, ledger, random, KILLS, (ms) => ledger.took(ms, 500));
  const mapped = range(COUNT / 4);
  await Promise.all([
    ledger.expect(mapped, pool.map(tasks.later, mapped, forgiving)),
    keepBusy(
      20,
      COUNT,
      () => ledger.kills === KILLS,
      (n) =>
        ledger.submit(pool, tasks.later<number>, [n, random() < 0.3 ? 3 : 0], n, forgiving).then((error) => {
          assert.equal(error, undefined);
        }),
    ),
    killing,
  ]);
  assert.equal(pool.workerPids.length, 3);
  const { tasks: counts } = pool.statistics();
  assert.deepEqual([counts.queued, counts.running, counts.failed, counts.done], [0, 0, 0, ledger.tasks]);
});

scenario('A2', 'the same without retries: each kill fails at most one task', async (t, ledger) => {
  const random = createRandom(seed);
  const pool = openPool(t, 3);
  const errors: WorkerLostError[] = [];
  const killing = killAtRandom(pool, ledger, random, KILLS, (ms) => ledger.took(ms, 500));
  await keepBusy(
    20,
    COUNT,
    () => ledger.kills === KILLS,
    async (n) => {
      const error = await ledger.submit(pool, tasks.later<number>, [n, random() < 0.3 ? 3 : 0], n);
      if (error) errors.push(error as WorkerLostError);
    },
  );
  await killing;
  assert.ok(errors.length <= KILLS, `${errors.length} failures, ${KILLS} kills`);
  for (const error of errors) {
    assert.ok(error instanceof WorkerLostError, String(error));
    const { signal, exitCode, attempts, stderrTail } = error;
    assert.deepEqual(
      { signal, exitCode, attempts, stderrTail },
      { signal: 'SIGKILL', exitCode: -9, attempts: 1, stderrTail: '' },
    );
  }
  assert.equal(new Set(errors.map(({ pid }) => pid)).size, errors.length, 'a kill failed two tasks');
});

scenario('A3', 'all workers killed at once', async (t, ledger) => {
  const pool = openPool(t, 3);
  for (let round = 0; round < scaled(5); round += 1) {
    await waitUntilComplete(pool);
    const mapping = ledger.expect(range(100), pool.map(tasks.later, range(100), { ...forgiving, chunkSize: 2 }));
    const { ms } = await timed(async () => {
      for (const pid of pool.workerPids) ledger.kill(pid);
      // Of the pool, not of the map before it.
      assert.equal(await pool.apply(tasks.add, [1, 1], { ...forgiving, priority: 1 }), 2);
    });
    ledger.took(ms, 1000);
    await mapping;
  }
});

for (const processes of [1, 2, 5]) {
  scenario('A4', `${processes} workers kill one another in reverse order`, async (t, ledger) => {
    const pool = openPool(t, { processes, stdio: 'ignore' });
    for (let round = 0; round < scaled(1); round += 1) {
      await waitUntilComplete(pool);
      const victims = pool.workerPids.toSorted((a, b) => b - a);
      const { ms } = await timed(async () => {
        const errors = await Promise.all(
          victims.map(() => ledger.submit(pool, steps.killEach, [victims], victims.length)),
        );
        ledger.kills += victims.length;
        for (const error of errors) assert.ok(error === undefined || error instanceof WorkerLostError, String(error));
        await waitUntilComplete(pool);
        await ledger.expect(range(20), pool.map(tasks.identity<number>, range(20)));
      });
      assert.ok(ms < patience(1000), `${ms} ms`);
    }
  });
}

scenario('A6', 'a worker killed before or behind any step of its protocol', async (t, ledger) => {
  const random = createRandom(seed);
  const pool = openPool(t, 1);
  for (let round = 0; round < scaled(15); round += 1) {
    const before = pool.statistics().lost;
    const point = 1 + Math.floor(random() * 40);
    const doom = ledger.submit(pool, steps.dieAfter, [point], point, { priority: 1 });
    await Promise.all([
      ledger.expect(range(10), pool.map(tasks.identity<number>, range(10), { ...forgiving, chunkSize: 1 })),
      ledger.expect(range(10), Promise.all(range(10).map((n) => pool.apply(tasks.later<number>, [n, 0], forgiving)))),
    ]);
    const error = await doom;
    assert.ok(error === undefined || error instanceof WorkerLostError, String(error));
    await pool.apply(steps.disarm, [], forgiving);
    ledger.kills += pool.statistics().lost - before;
  }
  assert.ok(ledger.kills > 0);
});

scenario('A8', 'a task whose process exits with 0 is lost', async (t, ledger) => {
  const pool = openPool(t, 2);
  for (let round = 0; round < scaled(5); round += 1) {
    const error = await ledger.follow(pool.apply(harm.exit, [0]), null as never);
    assert.ok(error instanceof WorkerLostError && error.exitCode === 0 && error.reason === 'exit', String(error));
    ledger.kills += 1;
  }
});

scenario('A10', 'a task that kills each worker that gets it', async (t, ledger) => {
  const pool = openPool(t, 2);
  for (let round = 0; round < scaled(1); round += 1) {
    const others = ledger.expect(range(1000), pool.map(tasks.identity<number>, range(1000), { chunkSize: 10 }));
    const error = await ledger.follow(pool.apply(harm.kill, [], { retries: { crashes: 2 } }), null as never);
    assert.ok(error instanceof WorkerLostError && error.attempts === 3, String(error));
    ledger.kills += 3;
    await others;
    assert.equal(pool.statistics().lost, ledger.kills);
  }
});
