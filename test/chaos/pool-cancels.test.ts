import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type AsyncResult, CancelledError } from 'brood';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, until, warmUp } from '../pool/support.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { scenario } from './scenario.js';

const COUNT = scaled(2000);
/** Submitted together. */
const WAVE = 2000;

/** Sees to it that tasks of a wave are cancelled. */
type Plan = (wave: readonly AsyncResult<number>[], random: () => number) => void;

const plans: Array<[id: string, title: string, plan: Plan]> = [
  [
    'B7',
    'a storm of cancels at random times',
    (wave, random) => {
      wave.forEach((result, n) => {
        if (random() < 0.5) setTimeout(() => result.cancel(), random() * 5 * (n / 40));
      });
    },
  ],
  [
    'B8',
    'cancels in the turns in which the results arrive',
    (wave, random) => {
      wave.forEach((result, n) => {
        const cancelAnother = (): void => void wave[n + 1 + Math.floor(random() * 40)]?.cancel();
        result.get().then(cancelAnother, () => {});
      });
    },
  ],
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
      const wave = range(Math.min(WAVE, COUNT - begun)).map((n) =>
        pool.applyAsync(tasks.later<number>, [n, random() < 0.9 ? 0 : 2]),
      );
      const ends = wave.map((result, n) => ledger.follow(result.get(), n));
      plan(wave, random);
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
