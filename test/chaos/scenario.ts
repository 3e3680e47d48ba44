import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'brood';
import { timed, until } from '../pool/support.js';
import { isLong } from '../support/seed.js';
import { Ledger } from './ledger.js';
import { expectStock, takeStock } from './stock.js';

console.log('| | scenario | kills | tasks | lost | 99 % within |\n|---|---|---|---|---|---|');

/** A row of docs/chaos.md: what may happen to a pool, and that nothing is lost or left behind by it. */
export function scenario(id: string, title: string, run: (t: TestContext, ledger: Ledger) => Promise<void>): void {
  test(`${id}: ${title}`, async (t) => {
    const before = await takeStock();
    const ledger = new Ledger();
    try {
      await run(t, ledger);
    } finally {
      console.log(ledger.describe(id, title));
    }
    ledger.check();
    t.after(() => expectStock(before)); // Behind the hooks that end its pools.
  });
}

/** How long what should take `limit` milliseconds may take before it counts as a hang. */
export const patience = (limit: number): number => (isLong ? limit * 10 : 60_000);

export async function waitUntilComplete(pool: Pool): Promise<void> {
  const isComplete = (): boolean => {
    const { workers } = pool.statistics();
    return workers.filter(({ state }) => state === 'idle' || state === 'busy').length >= pool.processes;
  };
  await until(isComplete, 60_000, 'the pool has its size back');
}

/** Kills workers, whatever they are doing, at random times; each once the pool has recovered from the one before. */
export async function killAtRandom(
  pool: Pool,
  ledger: Ledger,
  random: () => number,
  kills: number,
  onRecovery?: (ms: number) => void,
): Promise<void> {
  await waitUntilComplete(pool);
  while (ledger.kills < kills) {
    await sleep(random() * 60);
    const pids = pool.workerPids;
    const pid = pids[Math.floor(random() * pids.length)];
    if (pid === undefined || !ledger.kill(pid)) continue;
    const { ms } = await timed(async () => {
      await until(() => !pool.workerPids.includes(pid), 60_000, 'the pool knows of the death');
      await waitUntilComplete(pool);
    });
    onRecovery?.(ms);
  }
}
