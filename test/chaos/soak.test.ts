import assert from 'node:assert/strict';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, warmUp } from '../pool/support.js';
import { isLong, scaled } from '../support/seed.js';
import { Drift } from './drift.js';
import { keepBusy } from './keep-busy.js';
import { scenario } from './scenario.js';
import { Soak } from './soak.js';

const MIB = 2 ** 20;
const SAMPLES = 60;
/** Of load without a break, in milliseconds. */
const STRETCH = 12_000;

scenario('D7', 'steady load in flat memory, without a descriptor more', async (t, ledger) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  const soak = new Soak(pool);
  const drift = new Drift(pool);
  const length = scaled(10) * 1000;
  let loaded = 0; // Milliseconds, without those of measurements.
  let taken = 0;
  const work = async (n: number): Promise<void> => {
    if (n % 1000 === 999) {
      const items = range(200);
      await ledger.expect(items, pool.map(tasks.identity<number>, items));
    } else if (n % 50 === 49) {
      const error = await ledger.follow(pool.apply(tasks.oddOnly, [n - 1]), -1);
      assert.ok(error instanceof RangeError, String(error));
    } else assert.equal(await ledger.submit(pool, tasks.double, [n], n * 2), undefined);
  };
  while (loaded < length) {
    const start = performance.now() - loaded;
    const end = Math.min(length, loaded + STRETCH);
    const step = async (n: number): Promise<void> => {
      const begin = performance.now();
      await work(n);
      const now = performance.now();
      soak.took(now - begin);
      loaded = now - start;
      if (loaded < (length * taken) / SAMPLES) return;
      taken += 1;
      soak.take(ledger.tasks, taken % 6 === 1);
    };
    await keepBusy(20, 0, () => loaded > end, step);
    if (isLong) await drift.measure();
  }
  console.log(soak.describe());
  assert.ok(taken >= SAMPLES / 2, `only ${taken} samples`);
  const allowed = (MIB * ledger.tasks) / 100_000 + 4 * MIB;
  assert.ok(soak.growthOfLive <= allowed, `${soak.growthOfLive} bytes more, ${allowed} allowed`);
  assert.ok(
    soak.growthOfDescriptors.every((more) => more <= 2),
    `${soak.growthOfDescriptors} descriptors more`,
  );
  if (!isLong) return;
  console.log(drift.describe());
  assert.ok(
    soak.slopes.every((each) => each <= 1),
    `${soak.slopes} MiB more per 100,000 tasks`,
  );
  assert.ok(drift.value <= 1.1, `99 of 100 tasks took ${drift.value} times as long at the end as before`);
});
