import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Pool, TaskTimeoutError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { makeFolder, openPool, range, timed, warmUp } from '../pool/support.js';
import { isLong, scaled } from '../support/seed.js';
import { keepBusy } from './keep-busy.js';
import type { Ledger } from './ledger.js';
import { scenario } from './scenario.js';

const timeout = 200;
const grace = 200;

/** The task is out of time; it settles, and counts as in time up to `limit` milliseconds behind its start. */
async function expectTimeout(ledger: Ledger, limit: number, task: () => Promise<Error | undefined>): Promise<void> {
  const { value: error, ms } = await timed(task);
  assert.ok(error instanceof TaskTimeoutError, String(error));
  assert.ok(ms >= timeout - 1, `${ms} ms`);
  ledger.took(ms, limit);
  ledger.kills += 1;
}

scenario('B1', 'tasks that loop for ever run out of time, their neighbours do not', async (t, ledger) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.later, [1, 2], { chunkSize: 1 });
  let isOver = false;
  const neighbours = keepBusy(
    4,
    scaled(200),
    () => isOver,
    async (n) => assert.equal(await ledger.submit(pool, tasks.later<number>, [n, 1], n), undefined),
  );
  for (let round = 0; round < scaled(4); round += 1) {
    await expectTimeout(ledger, 400, () =>
      ledger.follow(pool.apply(harm.loopForEver, [], { timeout, grace: 0 }), null as never),
    );
  }
  isOver = true;
  await neighbours;
  await ledger.expect(
    range(2000),
    pool.map(tasks.identity<number>, range(2000), { timeout: isLong ? timeout : 10_000 }),
  );
});

const limits = { timeout, grace };
type Start = (ledger: Ledger, pool: Pool, folder: string) => Promise<Error | undefined>;

const stubborn: Array<[id: string, title: string, late: number, start: Start]> = [
  [
    'B2',
    'tasks that ignore SIGTERM',
    50,
    (ledger, pool) => ledger.follow(pool.apply(harm.ignoreSigterm, [], limits), null as never),
  ],
  [
    'B4',
    'tasks blocked in a system call',
    100,
    (ledger, pool, folder) =>
      ledger.follow(pool.apply(harm.readFifo, [join(folder, `fifo-${ledger.kills}`)], limits), -1),
  ],
  [
    'B6',
    'tasks whose grandchildren keep their output open',
    200,
    (ledger, pool) => ledger.follow(pool.apply(harm.shareOutput, [], limits), null as never),
  ],
];

for (const [id, title, late, start] of stubborn) {
  scenario(id, `${title} are killed`, async (t, ledger) => {
    const pool = openPool(t, { processes: 1, stdio: 'prefix' });
    const folder = makeFolder(t);
    for (let round = 0; round < scaled(3); round += 1) {
      await warmUp(pool);
      await pool.apply(tasks.pid); // Its module is there.
      await expectTimeout(ledger, timeout + grace + late, () => start(ledger, pool, folder));
      assert.equal(await ledger.submit(pool, tasks.add, [1, 1], 2), undefined);
    }
    pool.terminate();
    assert.equal(await pool.join(20_000), true);
  });
}

scenario(
  'B10',
  'tasks that end themselves when asked deliver what they have, and keep their worker',
  async (t, ledger) => {
    const pool = openPool(t, 1);
    const pid = await pool.apply(tasks.pid);
    for (let round = 0; round < scaled(5); round += 1) {
      const options = { timeout: 50, grace: 20_000 };
      assert.equal(await ledger.submit(pool, harm.untilAborted, [], 'partial: TimeoutError', options), undefined);
      assert.equal(await ledger.submit(pool, tasks.pid, [], pid), undefined);
    }
  },
);
