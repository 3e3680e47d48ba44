import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { mock, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DiagnosticsMessages, Pool } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as initializers from '../fixtures/pool/initializers.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { Program } from '../process/program.js';
import { LIMIT, makeFolder, openPool, range, until, waitForLines, warmUp } from './support.js';

/** Longer than it takes to notice a stop, in milliseconds. */
const A_WHILE = 2000;

/** The messages of all such warnings from now on. */
function hearWarnings(t: TestContext): string[] {
  const heard: string[] = [];
  const listener = (warning: Error & { code?: string }): void => {
    if (warning.code === 'BROOD_WORKER_SUSPENDED') heard.push(warning.message);
  };
  process.on('warning', listener);
  t.after(() => process.off('warning', listener));
  return heard;
}

/** A pool of one worker with a task that ends when the file `gate` is there. */
async function openWaitingPool(t: TestContext, name: string) {
  const pool = openPool(t, { processes: 1, name });
  await warmUp(pool);
  const gate = join(makeFolder(t), 'gate');
  const task = pool.apply(tasks.onceThere<string>, [gate, 'done']);
  return { pool, pid: pidOf(pool), task, finish: () => tasks.mark(gate) };
}

const pidOf = (pool: Pool): number => pool.workerPids[0] as number;
const isSuspended = (pool: Pool): boolean | undefined => pool.statistics().workers[0]?.isSuspended;

test('A worker that is stopped while it has a task is told of once for each stop, and goes on when it is continued', async (t) => {
  const warnings = hearWarnings(t);
  const { pid, task, finish } = await openWaitingPool(t, 'stops');
  for (const count of [1, 2]) {
    process.kill(pid, 'SIGSTOP');
    await until(() => warnings.length >= count);
    await sleep(A_WHILE);
    assert.equal(warnings.length, count);
    process.kill(pid, 'SIGCONT');
  }
  finish();
  assert.equal(await task, 'done');
  assert.match(
    warnings[1] ?? '',
    /^Cannot go on with task \d+ \("onceThere", attempt 1\): PoolWorker-\d+ \(pid \d+\) has been stopped since \d{4}-.*Z, by a signal/,
  );
  assert.ok(warnings[1]?.includes(`kill -CONT ${pid}`));
});

test('A stop is published, with the worker and its task, and statistics() shows it', async (t) => {
  const { pool, pid, task, finish } = await openWaitingPool(t, 'published');
  const heard: Array<DiagnosticsMessages['brood:worker:suspend']> = [];
  const listener = (message: unknown): void => void heard.push(message as (typeof heard)[number]);
  subscribe('brood:worker:suspend', listener);
  t.after(() => unsubscribe('brood:worker:suspend', listener));
  assert.equal(isSuspended(pool), false);
  const before = Date.now();
  process.kill(pid, 'SIGSTOP');
  await until(() => isSuspended(pool) === true);
  await until(() => heard.length > 0);
  const [message] = heard;
  const id = pool.statistics().workers[0]?.task;
  assert.deepEqual(
    { ...message, worker: message?.worker.pid, since: 0 },
    {
      pool: 'published',
      worker: pid,
      task: { id, pool: 'published', name: 'onceThere', index: null, carrier: {} },
      since: 0,
      tracer: null,
    },
  );
  assert.ok(Math.abs((message?.since ?? 0) - before) < LIMIT, `${message?.since}, and not about ${before}`);
  process.kill(pid, 'SIGCONT');
  await until(() => isSuspended(pool) === false);
  finish();
  assert.equal(await task, 'done');
});

test('A worker that is stopped while it is idle is told of when a task waits for it', async (t) => {
  const warnings = hearWarnings(t);
  const pool = openPool(t, 1);
  await warmUp(pool);
  process.kill(pidOf(pool), 'SIGSTOP');
  await sleep(A_WHILE);
  assert.deepEqual(warnings, []);
  assert.equal(isSuspended(pool), true);
  const mapped = pool.map(tasks.double, [1, 2, 3]);
  await until(() => warnings.length > 0);
  assert.match(warnings[0] ?? '', /^Cannot go on with task \d+ \("double"/);
  process.kill(pidOf(pool), 'SIGCONT');
  assert.deepEqual(await mapped, [2, 4, 6]);
});

test('A worker that is stopped before it is ready is told of', async (t) => {
  const warnings = hearWarnings(t);
  const pool = openPool(t, { processes: 1, initializer: harm.stopItself });
  const result = pool.apply(tasks.add, [1, 1]);
  await until(() => warnings.length > 0);
  assert.match(warnings[0] ?? '', /^Cannot start a worker: PoolWorker-\d+ \(pid \d+\) has been stopped/);
  process.kill(pidOf(pool), 'SIGCONT');
  assert.equal(await result, 2);
});

test('A worker that is stopped after it was told to end, in its initializer, is killed', async (t) => {
  const path = join(makeFolder(t), 'pid');
  const pool = openPool(t, { processes: 1, initializer: initializers.hang, initArgs: [path] });
  await waitForLines(path);
  pool.close();
  process.kill(pidOf(pool), 'SIGSTOP');
  assert.equal(await pool.join(LIMIT), true);
});

test('What was sent ahead to a worker that is stopped runs elsewhere', async (t) => {
  const warnings = hearWarnings(t);
  const pool = openPool(t, 2);
  await warmUp(pool);
  const [pid] = pool.workerPids;
  const path = join(makeFolder(t), 'pids');
  const mapped = pool.map(
    harm.stopIfIs,
    range(40).map((n) => [path, n, pid] as [string, number, number]),
  );
  await until(() => warnings.length > 0);
  assert.match(warnings[0] ?? '', new RegExp(`"stopIfIs".*pid ${pid}\\b`));
  await waitForLines(path, 39);
  process.kill(pid as number, 'SIGCONT');
  assert.deepEqual(await mapped, range(40));
});

test('Timers and a clock that a test has put in the place of the real ones do not keep a stop from being noticed', async (t) => {
  const warnings = hearWarnings(t);
  const { pid, task, finish } = await openWaitingPool(t, 'fake');
  const standing = performance.now();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
  mock.method(performance, 'now', () => standing);
  t.after(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
  process.kill(pid, 'SIGSTOP');
  while (warnings.length === 0) await once(process, 'warning');
  process.kill(pid, 'SIGCONT');
  finish();
  assert.equal(await task, 'done');
});

test('A pool that has nothing to do sets no timers', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await pool.map(tasks.double, range(10));
  await until(() => pool.statistics().workers.every(({ state }) => state === 'idle'));
  await sleep(A_WHILE); // One is still to go off.
  let timers = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'Timeout') timers += 1;
    },
  });
  const resting = sleep(A_WHILE);
  hook.enable();
  await resting;
  hook.disable();
  assert.equal(timers, 0);
});

/** Resolves once the only worker of a program of its own runs a task that waits for the file `gate`. */
async function startProgram(t: TestContext, env: NodeJS.ProcessEnv = {}) {
  const gate = join(makeFolder(t), 'gate');
  const path = fileURLToPath(new URL('../fixtures/pool/suspended.js', import.meta.url));
  const program = new Program(t, [path, gate], { env });
  await program.waitFor(/up\n/);
  const worker = Number(/^worker (\d+)$/m.exec(program.stdout)?.[1]);
  return { program, worker, finish: () => tasks.mark(gate) };
}

test('A stop is noticed without shared memory, too', async (t) => {
  const { program, worker, finish } = await startProgram(t, { BROOD_NATIVE: 'off' });
  process.kill(worker, 'SIGSTOP');
  await program.waitFor(/warning: .*"onceThere"/);
  process.kill(worker, 'SIGCONT');
  finish();
  assert.match((await program.ended).stdout, /^the end$/m);
});

test('Nothing is told when the whole program was stopped, and continued, in whatever order', async (t) => {
  const { program, worker, finish } = await startProgram(t);
  for (const pids of [
    [program.pid, worker],
    [worker, program.pid],
  ]) {
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await sleep(A_WHILE);
    for (const pid of pids) {
      process.kill(pid, 'SIGCONT');
      await sleep(30); // Its timer has been due for long.
    }
    await sleep(A_WHILE);
  }
  finish();
  const { stdout, status } = await program.ended;
  assert.doesNotMatch(stdout, /warning/);
  assert.equal(status, 0);
});
