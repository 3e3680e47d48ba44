import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Pool, type PoolOptions } from 'brood';

/** Tells what comes late, on a machine that does much else, from what never comes, in milliseconds. */
export const LIMIT = 60_000;

/** A pool that is gone at the end of the test. */
export function openPool(t: TestContext, options: number | PoolOptions = 2): Pool {
  const pool = new Pool(options);
  t.after(async () => {
    pool.terminate();
    assert.equal(await pool.join(LIMIT), true, 'the pool did not end');
  });
  return pool;
}

/** A folder that is gone at the end of the test. */
export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pool-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a promise was rejected with. */
export async function rejection<E = Error & { code?: string }>(promise: Promise<unknown>): Promise<E> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  assert.fail(`expected a rejection, got ${inspect(outcome.value).slice(0, 1000)}`);
}

/** Polls what tells no event: files and processes of others. */
export async function until(isSo: () => boolean, limit = LIMIT, what: string = isSo.toString()): Promise<void> {
  const end = performance.now() + limit;
  while (!isSo()) {
    assert.ok(performance.now() < end, `not so within ${limit} ms: ${what}`);
    await sleep(5);
  }
}

export function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** The lines of a file, once there are so many. */
export async function waitForLines(path: string, count = 1): Promise<string[]> {
  await until(() => linesOf(path).length >= count, LIMIT, `${count} lines in ${path}`);
  return linesOf(path);
}

/** Not there, or a zombie that its parent is about to reap. */
export function isGone(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

export async function timed<T>(act: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const start = performance.now();
  const value = await act();
  return { value, ms: performance.now() - start };
}

/** So many integers from 0 on. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Waits until every worker is ready. */
export async function warmUp(pool: Pool): Promise<void> {
  await until(() => pool.statistics().workers.filter(({ state }) => state === 'idle').length >= pool.processes);
}
