import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { CancelledError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, until, warmUp } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { scenario } from './scenario.js';

const COUNT = scaled(2000);
/** Submitted together. */
const WAVE = 2000;

/** When the task of this number in its wave is cancelled, in milliseconds; null: not at all. */
type Plan = (random: () => number, n: number) => number | null;

const plans: Array<[id: string, title: string, plan: Plan]> = [
  ['B7', 'a storm of cancels at random times', (random, n) => (random() < 0.5 ? random() * 5 * (n / 40) : null)],
  ['B8', 'cancels in the turns in which the results arrive', (random, n) => (n / WAVE) * 20 + random() * 2],
];

for (const [id, title, plan] of plans) {
  scenario(id, title, async (t, ledger) => {
    const random = createRandom(seed);
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    t.after(() => process.off('unhandledRejection', onUnhandled));
    const pool = openPool(t, 2);
    await warmUp(pool);
    const pids = new Set(pool.workerPids);
    let done = 0;
    let cancelled = 0;
    for (let begun = 0; begun < COUNT; begun += WAVE) {
      const ends = range(Math.min(WAVE, COUNT - begun)).map((n) => {
        const result = pool.applyAsync(tasks.later<number>, [n, random() < 0.9 ? 0 : 2]);
        const delay = plan(random, n);
        if (delay !== null) setTimeout(() => result.cancel(), delay);
        return ledger.follow(result.get(), n);
      });
      for (const error of await Promise.all(ends)) {
        if (error === undefined) done += 1;
        else {
          assert.ok(error instanceof CancelledError, String(error));
          cancelled += 1;
        }
      }
      await turn();
    }
    assert.ok(done > 0 && cancelled > 0, `${done} done, ${cancelled} cancelled`);
    await until(() => pool.statistics().workers.every(({ state }) => state === 'idle'), 20_000);
    const { tasks: counts } = pool.statistics();
    assert.deepEqual([counts.queued, counts.running, counts.done, counts.cancelled], [0, 0, done, cancelled]);
    assert.deepEqual(new Set(pool.workerPids), pids);
    assert.deepEqual(unhandled, []);
  });
}
