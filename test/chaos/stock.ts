import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { activeChildren, Pool } from 'brood';
import { pid } from '../fixtures/pool/tasks.js';
import { until } from '../pool/support.js';
import { childrenOf, tryKill } from '../process/program.js';
import { isLong } from '../support/seed.js';

/** What a scenario may not leave behind, as it was before. */
export interface Stock {
  readonly descriptors: number;
  /** In the private folder of this test file. */
  readonly names: readonly string[];
  /** That keep the program from ending. */
  readonly resources: number;
}

/** A pool once used leaves the arena and the janitor, for all that come later. */
let isWarm = false;

export async function takeStock(): Promise<Stock> {
  if (!isWarm) {
    const pool = new Pool(1);
    await pool.apply(pid);
    pool.terminate();
    await pool.join();
    isWarm = true;
  }
  await dropSpares();
  return count();
}

/** The invariants that hold after every scenario: no child, no zombie, no descriptor, no name, nothing that keeps the program from ending. */
export async function expectStock(before: Stock): Promise<void> {
  const patience = isLong ? 2000 : 20_000;
  await until(() => activeChildren().length === 0, patience, 'no child is active');
  await until(() => strays().every(({ state }) => state !== 'Z'), patience, 'no zombie is left');
  await dropSpares();
  await until(() => count().resources <= before.resources, patience, 'nothing keeps this program from ending');
  await until(() => count().descriptors <= before.descriptors + 2, patience, 'its descriptors are closed');
  const left = count().names.filter((name) => !before.names.includes(name));
  assert.deepEqual(left, [], 'names are left');
}

function count(): Stock {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    names: readdirSync(tmpdir()),
    resources: process.getActiveResourcesInfo().filter((kind) => /Process|Pipe|Timeout|Worker/.test(kind)).length,
  };
}

/** Children of this process that are there for nobody: all but the janitor, once the pools are closed. */
function strays(): ReturnType<typeof childrenOf> {
  return childrenOf(process.pid).filter(({ command }) => !command.includes('brood-janitor'));
}

/** Processes booted ahead hold descriptors, and come and go when they like. */
async function dropSpares(): Promise<void> {
  const gone = (): boolean => {
    const left = strays();
    for (const { pid } of left) tryKill(pid, 'SIGKILL');
    return left.length === 0;
  };
  await until(gone, 20_000, 'spare processes are gone');
}
