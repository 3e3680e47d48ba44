/** Every way a worker can die × every place where it can: each has one outcome, and the pool works on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pool } from 'brood';
import * as deaths from '../fixtures/pool/deaths.js';
import { WAYS, type Way } from '../fixtures/pool/deaths.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { rejection, until } from '../pool/support.js';
import { assertLost, LATER, open } from './deaths.js';

const MIB = 2 ** 20;

/** What becomes of the tasks when a worker dies in this place. The pool replaces it, and works on: that is checked after each. */
const PLACES: Record<string, (pool: Pool, way: Way) => Promise<void>> = {
  async 'decoding its arguments'(pool, way) {
    assertLost(await rejection(pool.apply(deaths.take, [new deaths.Trap('decode', way)])), way);
  },
  async 'running a task'(pool, way) {
    assertLost(await rejection(pool.apply(deaths.run, [way])), way);
  },
  async 'encoding a result'(pool, way) {
    const outcome = await pool.apply(deaths.give, [way]).catch((error) => error);
    if (LATER.includes(way)) assert.ok(outcome instanceof deaths.Trap, `${way}: ${outcome}`);
    else assertLost(outcome, way);
  },
  /** The result has left the process; a task that has begun meanwhile is lost, one that has not runs elsewhere. */
  async 'having handed over a result'(pool, way) {
    const given = pool.apply(deaths.giveAndDie, [way, 2 * MIB]);
    const next = pool.apply(tasks.add, [1, 1], { retries: { crashes: 1 } });
    assert.equal((await given).length, 2 * MIB);
    assert.equal(await next, 2);
  },
  async 'being idle'(pool, way) {
    assert.equal(await pool.apply(deaths.dieIdle, [way, 20]), 'given');
  },
};

for (const way of WAYS) {
  test(`A worker that ends by ${way} takes down the task it runs, and no other`, async (t) => {
    const pool = open(t);
    let lost = 0;
    for (const [place, die] of Object.entries(PLACES)) {
      await die(pool, way);
      lost += 1;
      await until(() => pool.statistics().lost === lost, 30_000, `the worker lost while ${place}`);
      assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
    }
    assert.equal(pool.workerPids.length, 1);
  });
}
