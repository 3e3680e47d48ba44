import assert from 'node:assert/strict';
import { join } from 'node:path';
import { WorkerStartError } from 'brood';
import * as initializers from '../fixtures/pool/initializers.js';
import * as nested from '../fixtures/pool/nested.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { peakDuring } from '../pool/peak.js';
import { isGone, linesOf, makeFolder, openPool, range, timed, until } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { scenario } from './scenario.js';

scenario('A11', 'an initializer that always fails', async (t, ledger) => {
  for (let round = 0; round < scaled(2); round += 1) {
    const folder = makeFolder(t);
    const calls = join(folder, 'calls');
    const initializer = initializers.failWhile;
    const pool = openPool(t, { processes: 2, stdio: 'ignore', initializer, initArgs: [calls, folder] });
    const { value: errors, ms } = await timed(() =>
      Promise.all(range(20).map((n) => ledger.follow(pool.apply(tasks.identity<number>, [n]), -1))),
    );
    for (const error of errors) {
      assert.ok(error instanceof WorkerStartError, String(error));
      assert.match(String(error.cause), /RangeError: no database/);
    }
    assert.ok(linesOf(calls).length <= 5, `${linesOf(calls).length} attempts`);
    ledger.took(ms, 2000);
    pool.terminate();
    await pool.join();
  }
});

scenario('F3', 'one to four workers, replaced after each one, two or three tasks of any length', async (t, ledger) => {
  const random = createRandom(seed);
  for (const processes of [1, 2, 3, 4]) {
    for (const maxTasksPerChild of [1, 2, 3]) {
      const pool = openPool(t, { processes, maxTasksPerChild });
      const items = range(isLong ? 1000 : 4 * maxTasksPerChild);
      const calls = items.map((n): [number, number] => [n, random() < 0.5 ? 0 : random() * 8]);
      const mapped = calls.filter(() => random() < 0.5);
      const applied = calls.filter((call) => !mapped.includes(call));
      const chunkSize = random() < 0.5 ? 'auto' : 1 + Math.floor(random() * 3);
      const all = [
        ...applied.map((call) => ledger.follow(pool.apply(tasks.later<number>, call), call[0])),
        ledger.expect(
          mapped.map(([n]) => n),
          pool.starmap(tasks.later<number>, mapped, { chunkSize }),
        ),
      ];
      pool.close(); // What is queued is run all the same.
      assert.deepEqual((await Promise.all(all)).filter(Boolean), []);
      assert.equal(await pool.join(60_000), true);
      assert.equal(pool.statistics().lost, 0);
    }
  }
});

scenario('F4', 'pools within tasks, five deep, within their budget', async (t, ledger) => {
  const processBudget = 8;
  const pool = openPool(t, { processes: 2, processBudget });
  for (let round = 0; round < scaled(1); round += 1) {
    let pids: number[] = [];
    const peak = await peakDuring(async () => {
      pids = await pool.apply(nested.descend, [5]);
    });
    assert.ok(peak <= processBudget, `${peak} processes`);
    ledger.tally(6, new Set(pids).size);
    await until(() => pids.slice(1).every(isGone), 20_000);
  }
});
