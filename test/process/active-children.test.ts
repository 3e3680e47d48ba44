import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { activeChildren, Pool, Process } from 'brood';
import { forever, nothing } from '../fixtures/process/targets.js';
import { startUp } from './child.js';
import { childrenOf, until } from './program.js';

const descriptors = (): number => readdirSync('/proc/self/fd').length;
const zombies = (): unknown[] => childrenOf(process.pid).filter(({ state }) => state === 'Z');

test('activeChildren() lists those that run, and only those', async (t) => {
  const { child: first } = await startUp(t, { target: forever });
  const { child: second } = await startUp(t, { target: forever, daemon: true });
  assert.deepEqual(new Set(activeChildren()), new Set([first, second]));
  first.kill();
  await first.join();
  assert.deepEqual(activeChildren(), [second]);
  second.kill();
  await second.join();
  assert.deepEqual(activeChildren(), []);
});

test('activeChildren() lists the workers of a pool as daemons', async () => {
  const pool = new Pool(1);
  await pool.apply(nothing);
  const [worker] = activeChildren();
  assert.match(worker?.name ?? '', /^PoolWorker-\d+$/);
  assert.deepEqual([worker?.daemon, worker?.isAlive()], [true, true]);
  assert.ok(worker instanceof Process);
  pool.terminate();
  await pool.join();
  assert.deepEqual(activeChildren(), []);
});

test('Processes that nobody joins are reaped: 50 of them leave no zombie and no entry', async () => {
  const children = Array.from({ length: 50 }, () => new Process({ target: nothing, execArgv: [] }));
  for (const child of children) child.start();
  await until(() => activeChildren().length === 0, 'all have ended', 100_000);
  assert.deepEqual(zombies(), []);
  assert.ok(children.every(({ exitCode }) => exitCode === 0));
});

test('100 processes, one after the other, leave at most two descriptors', async () => {
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      // A Node that ends before it runs anything: what is left over here does not depend on what it would have done.
      const child = new Process({
        target: nothing,
        stdio: i % 2 === 0 ? 'ignore' : 'pipe',
        execArgv: ['--no-such-option'],
      });
      child.start();
      child.kill();
      await child.join();
    }
  };
  await run(1);
  const before = descriptors();
  await run(100);
  await until(() => descriptors() <= before + 2, `no more than ${before} descriptors, and two`);
  assert.deepEqual(zombies(), []);
});

test('Processes that ran leave no descriptors either', async () => {
  const run = async (): Promise<void> => {
    const children = Array.from({ length: 10 }, () => new Process({ target: nothing, stdio: 'pipe' }));
    for (const child of children) child.start();
    await Promise.all(children.map((child) => child.join()));
  };
  await run();
  const before = descriptors();
  await run();
  await run();
  await until(() => descriptors() <= before + 2, `no more than ${before} descriptors, and two`);
});
