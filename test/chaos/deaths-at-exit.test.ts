import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as deaths from '../fixtures/pool/deaths.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { open } from './deaths.js';

for (const way of deaths.WAYS) {
  test(`A worker that ends by ${way} in an exit hook, when it is retired, is no loss`, async (t) => {
    const pool = open(t, { maxTasksPerChild: 1 });
    assert.equal(await pool.apply(deaths.dieAtExit, [way]), 'given');
    assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
    assert.equal(pool.statistics().lost, 0);
  });
}
