import assert from 'node:assert/strict';
import { PoolTerminatedError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, timed, warmUp } from '../pool/support.js';
import { isLong, scaled } from '../support/seed.js';
import { patience, scenario } from './scenario.js';

scenario('C6', 'a pool closed with a thousand tasks queued', async (t, ledger) => {
  for (let round = 0; round < scaled(1); round += 1) {
    const pool = openPool(t, 2);
    const results = range(1000).map((n) => ledger.submit(pool, tasks.identity<number>, [n], n));
    pool.close();
    assert.ok((await Promise.all(results)).every((error) => error === undefined));
    const { value: isOver, ms } = await timed(() => pool.join(patience(1000)));
    assert.equal(isOver, true);
    ledger.took(ms, 1000);
  }
});

scenario('C7', 'a pool terminated with a hundred long tasks', async (t, ledger) => {
  for (let round = 0; round < scaled(1); round += 1) {
    const pool = openPool(t, 4);
    await warmUp(pool);
    const ends = range(100).map((n) => ledger.submit(pool, tasks.later<number>, [n, 600_000], n));
    const { ms } = await timed(async () => {
      pool.terminate();
      for (const error of await Promise.all(ends)) assert.ok(error instanceof PoolTerminatedError, String(error));
      assert.equal(await pool.join(patience(2000)), true);
    });
    ledger.took(ms, 2000);
  }
});

scenario('C8', 'a pool drained for a second: short tasks end, long ones are ended', async (t, ledger) => {
  for (let round = 0; round < scaled(1); round += 1) {
    const pool = openPool(t, 4);
    await warmUp(pool);
    const long = range(2).map((n) => ledger.submit(pool, tasks.later<number>, [n, 600_000], n));
    const short = Promise.all(range(40).map((n) => ledger.submit(pool, tasks.later<number>, [n, 5], n)));
    const { ms } = await timed(async () => {
      pool.close();
      if (!isLong) await short;
      assert.equal(await pool.join(isLong ? 1000 : 50), false);
      pool.terminate();
      assert.equal(await pool.join(patience(1000)), true);
    });
    assert.ok((await short).every((error) => error === undefined));
    for (const error of await Promise.all(long)) assert.ok(error instanceof PoolTerminatedError, String(error));
    ledger.took(ms, 1100);
  }
});
