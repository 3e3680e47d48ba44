import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as budget from '../fixtures/pool/budget.js';
import { openPool } from './support.js';

process.env.BROOD_NATIVE = 'off';

test('Without shared memory workers inherit even shares of the budget', async (t) => {
  const pool = openPool(t, { processes: 2, processBudget: 16 });
  assert.deepEqual(await pool.apply(budget.descend, Array(4).fill({ processes: 2 })), [2, 2, 1, 1]);
  assert.deepEqual(await pool.apply(budget.descend, Array(3).fill({ processes: 9 })), [7, 1, 1]);
  const small = openPool(t, { processes: 2, processBudget: 2 });
  assert.deepEqual(await small.apply(budget.descend, Array(2).fill({ processes: 3 })), [1, 1]);
});

test('Without shared memory what a pool lets go of is there for the next', async (t) => {
  const pool = openPool(t, { processes: 1, processBudget: 4 });
  for (let round = 0; round < 3; round += 1)
    assert.deepEqual(await pool.apply(budget.descend, [{ processes: 9 }]), [3]);
});
