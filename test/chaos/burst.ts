import assert from 'node:assert/strict';
import type { Pool } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { percentile } from '../support/percentiles.js';
import { keepBusy } from './keep-busy.js';

/** What 99 of 100 tasks take while 20 are under way, for so long; both in milliseconds. */
export async function burst(pool: Pool, length: number): Promise<number> {
  const end = performance.now() + length;
  const times: number[] = [];
  await keepBusy(
    20,
    0,
    () => performance.now() > end,
    async (n) => {
      const begin = performance.now();
      assert.equal(await pool.apply(tasks.double, [n]), n * 2);
      times.push(performance.now() - begin);
    },
  );
  return percentile(times, 0.99);
}
