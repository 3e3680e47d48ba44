import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { linesOf, makeFolder, openPool, timed, waitForLines } from '../pool/support.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { keepBusy } from './keep-busy.js';
import { scenario } from './scenario.js';

const MIB = 2 ** 20;

scenario('A12', 'a worker killed with a large result on its way', async (t, ledger) => {
  const random = createRandom(seed);
  const size = (isLong ? 256 : 64) * MIB;
  const pool = openPool(t, 1);
  const folder = makeFolder(t);
  await pool.apply(tasks.bytes, [size]);
  collectGarbage();
  const before = process.memoryUsage.rss();
  for (let round = 0; round < scaled(2); round += 1) {
    const path = join(folder, String(round));
    const sending = ledger.follow(
      pool.apply(harm.largeResult, [path, size]).then((data) => data.length),
      size,
    );
    const [pid] = await waitForLines(path);
    await sleep(random() * 40);
    ledger.kill(Number(pid));
    const { value: error, ms } = await timed(() => sending);
    assert.ok(error === undefined || error instanceof WorkerLostError, String(error));
    ledger.took(ms, 2000);
    assert.equal(await ledger.submit(pool, tasks.add, [1, 1], 2, { retries: { crashes: 5 } }), undefined);
  }
  collectGarbage();
  const growth = process.memoryUsage.rss() - before;
  if (isLong) assert.ok(growth <= 0.1 * before + 8 * MIB, `${growth} bytes more than ${before}`);
});

scenario('D1', 'a task that leaks up to the limit of its worker', async (t, ledger) => {
  const memoryLimit = 256 * MIB;
  const pool = openPool(t, { processes: 2, memoryLimit });
  const folder = makeFolder(t);
  for (let round = 0; round < scaled(1); round += 1) {
    const path = join(folder, String(round));
    let isOver = false;
    const neighbours = keepBusy(
      1,
      50,
      () => isOver,
      async (n) => assert.equal(await ledger.submit(pool, tasks.later<number>, [n, 5], n), undefined),
    );
    const error = await ledger.follow(pool.apply(harm.leak, [path, 2 * MIB]), null as never);
    isOver = true;
    await neighbours;
    assert.ok(error instanceof WorkerLostError && error.reason === 'memory-limit', String(error));
    ledger.kills += 1;
    const peak = Math.max(...linesOf(path).map(Number));
    if (isLong) assert.ok(peak <= 1.25 * memoryLimit, `${peak} of ${memoryLimit} bytes`);
  }
  assert.equal(pool.statistics().lost, ledger.kills);
});

scenario('D2', 'workers that leak 3 MiB per task are replaced between tasks', async (t, ledger) => {
  const maxMemoryPerChild = 120 * MIB;
  const pool = openPool(t, { processes: 2, maxMemoryPerChild });
  const count = isLong ? 300 : 80;
  const reports = await pool.map(harm.keep, Array(count).fill(3 * MIB), { chunkSize: 1 });
  ledger.tally(count, reports.length);
  assert.ok(new Set(reports.map(({ pid }) => pid)).size > 2, 'no worker was replaced');
  assert.ok(reports.every(({ rss }) => rss <= 2 * maxMemoryPerChild));
  assert.equal(pool.statistics().lost, 0);
});
