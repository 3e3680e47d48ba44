import assert from 'node:assert/strict';
import * as nested from '../fixtures/pool/nested.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { isGone, openPool, range, until } from '../pool/support.js';
import { scaled } from '../support/seed.js';
import { scenario } from './scenario.js';

scenario('F3', 'workers recycled after each 1, 2 or 3 tasks, closed early', async (t, ledger) => {
  for (const processes of [1, 2, 4]) {
    for (const maxTasksPerChild of [1, 2, 3]) {
      const pool = openPool(t, { processes, maxTasksPerChild });
      const items = range(scaled(5) * maxTasksPerChild);
      const mapping = ledger.expect(items, pool.map(tasks.later, items, { chunkSize: 1 + (processes % 3) }));
      pool.close();
      await mapping;
      assert.equal(await pool.join(60_000), true);
    }
  }
});

scenario('F4', 'pools within tasks, five deep', async (t, ledger) => {
  const pool = openPool(t, 2);
  for (let round = 0; round < scaled(1); round += 1) {
    const pids = await pool.apply(nested.descend, [5]);
    ledger.tally(6, new Set(pids).size);
    await until(() => pids.slice(1).every(isGone), 20_000);
  }
});
