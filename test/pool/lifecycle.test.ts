import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  activeChildren,
  CancelledError,
  cpuCount,
  Pool,
  PoolTerminatedError,
  StateError,
  TaskTimeoutError,
} from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { isGone, LIMIT, openPool, range, rejection, timed, until, warmUp } from './support.js';

test('Pool.close() finishes what was submitted, then ends the workers; join() may be repeated', async () => {
  const pool = new Pool(2);
  const results = range(1000).map((n) => pool.apply(tasks.identity, [n]));
  const pids = pool.workerPids;
  pool.close();
  pool.close();
  assert.deepEqual(await Promise.all(results), range(1000));
  assert.equal(await pool.join(), true);
  assert.equal(await pool.join(0), true);
  assert.ok(pids.every(isGone));
  assert.deepEqual(pool.workerPids, []);
  pool.terminate();
  await pool[Symbol.asyncDispose]();
});

test('Pool.terminate() stops what runs, rejects what waits, and is quick', async () => {
  const pool = new Pool(2);
  await warmUp(pool);
  const running = range(2).map(() => rejection(pool.apply(harm.ignoreSigterm)));
  const waiting = [
    pool.apply(tasks.add, [1, 1]),
    pool.map(tasks.double, range(10)),
    pool.mapSettled(tasks.double, range(10)),
    pool.applyAsync(tasks.add, [1, 1]).get(),
    pool.imap(tasks.later, range(10)).next(),
    pool.apply(tasks.succeedAt, [5], { retries: { errors: 5, delay: 1000 } }),
  ].map((it) => rejection(it));
  await turn();
  const pids = pool.workerPids;
  const { ms } = await timed(async () => {
    pool.terminate();
    pool.terminate();
    for (const error of await Promise.all([...running, ...waiting])) {
      assert.ok(error instanceof PoolTerminatedError && error instanceof CancelledError, String(error));
      assert.equal(error.code, 'ERR_POOL_TERMINATED');
    }
    assert.equal(await pool.join(), true);
  });
  assert.ok(ms < LIMIT, `${ms} ms`);
  assert.ok(pids.every(isGone));
  pool.close();
});

test('Pool.terminate() ends a pool that is closing, and one whose workers are starting', async () => {
  const closing = new Pool(1);
  const task = rejection(closing.apply(harm.neverSettle));
  closing.close();
  assert.equal(await closing.join(50), false);
  closing.terminate();
  assert.equal(await closing.join(), true);
  assert.ok((await task) instanceof PoolTerminatedError);
  const starting = new Pool(3);
  starting.terminate();
  assert.equal(await starting.join(LIMIT), true);
});

test('Leaving the scope of a pool terminates it', async () => {
  let task: Promise<Error> | undefined;
  const { ms } = await timed(async () => {
    await using pool = new Pool(2);
    task = rejection(pool.apply(tasks.later, [1, 60_000]));
  });
  assert.ok(ms < LIMIT, `${ms} ms`);
  assert.ok((await task) instanceof PoolTerminatedError);
});

test('Misuse of a pool is a StateError that says the state and the way out; the pool works on', async (t) => {
  const pool = openPool(t, 1);
  const early = await rejection(pool.join());
  assert.ok(early instanceof StateError);
  assert.match(early.message, /^Cannot join Pool-\d+: it is still running; close\(\) or terminate\(\) it first$/);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  const before = pool.apply(tasks.later, ['before', 50]);
  pool.close();
  const refused = /not running.*closed; create a new Pool$/;
  for (const promise of [
    pool.apply(tasks.add, [1, 1]),
    pool.map(tasks.double, [1]),
    pool.mapSettled(tasks.double, [1]),
    pool.starmap(tasks.add, [[1, 1]]),
  ]) {
    const error = await rejection(promise);
    assert.ok(error instanceof StateError);
    assert.match(error.message, refused);
  }
  for (const act of [
    () => pool.applyAsync(tasks.add, [1, 1]),
    () => pool.mapAsync(tasks.double, [1]),
    () => pool.starmapAsync(tasks.add, [[1, 1]]),
    () => pool.imap(tasks.double, [1]),
    () => pool.imapUnordered(tasks.double, [1]),
    () => pool.resize(2),
  ]) {
    assert.throws(act, (error: Error) => error instanceof StateError && refused.test(error.message));
  }
  assert.equal(await before, 'before');
  assert.equal(await pool.join(), true);
  assert.ok((await rejection(pool.join(Number.NaN))) instanceof RangeError);
});

test('Options of a pool that cannot be are refused by the constructor', () => {
  const wrong: Array<[unknown, new (...args: never[]) => Error]> = [
    [0, RangeError],
    [-1, RangeError],
    [Number.NaN, RangeError],
    [1.5, RangeError],
    [{ processes: 0 }, RangeError],
    [{ processes: 2, minProcesses: 3 }, RangeError],
    [{ idleTimeout: Number.NaN }, RangeError],
    [{ maxTasksPerChild: 0 }, RangeError],
    [{ memoryLimit: Number.NaN }, RangeError],
    [{ maxMemoryPerChild: -1 }, RangeError],
    [{ task: { timeout: Number.NaN } }, RangeError],
    [{ niceness: 99 }, RangeError],
    [{ task: { retries: '3' } }, TypeError],
    [{ task: { retries: null } }, TypeError],
    [{ cwd: '/no/such/folder' }, TypeError],
    [{ stdio: 'pipe' }, TypeError],
    ...[0, -1, '', null].flatMap((size): Array<[unknown, typeof RangeError]> => {
      return [
        [{ memoryLimit: size }, RangeError],
        [{ maxMemoryPerChild: size }, RangeError],
      ];
    }),
    ...[3, '', null, [4]].map((task): [unknown, typeof TypeError] => [{ task }, TypeError]),
    ...[5, null, {}].map((name): [unknown, typeof TypeError] => [{ name }, TypeError]),
    ...[7, null, ['/']].map((cwd): [unknown, typeof TypeError] => [{ cwd }, TypeError]),
    ['many', TypeError],
    ['', TypeError],
    [null, TypeError],
    [[2], TypeError],
  ];
  for (const [options, type] of wrong) {
    assert.throws(
      () => new Pool(options as never),
      (error: Error) => error instanceof type && /^Cannot .*; /.test(error.message),
      JSON.stringify(options),
    );
  }
});

test('A pool has as many workers as the process may use cores, listed as active children', async (t) => {
  const pool = openPool(t, {});
  assert.equal(pool.processes, cpuCount());
  const children = activeChildren().filter(({ pid }) => pool.workerPids.includes(pid as number));
  assert.equal(children.length, pool.processes);
  for (const child of children) {
    assert.match(child.name, /^PoolWorker-\d+$/);
    assert.equal(child.daemon, true);
    assert.equal(child.isAlive(), true);
  }
  const pids = new Set(pool.workerPids);
  pool.terminate();
  await pool.join();
  assert.ok(activeChildren().every(({ pid }) => !pids.has(pid as number)));
});

test('Environment, working folder and Node options reach the workers', async (t) => {
  const pool = openPool(t, {
    processes: 1,
    env: { ...process.env, COLOUR: 'blue' },
    cwd: '/',
    execArgv: ['--no-warnings'],
    niceness: 5,
  });
  assert.equal(await pool.apply(tasks.environment, ['COLOUR']), 'blue');
  assert.equal(await pool.apply(tasks.workingDirectory), '/');
});

test('Workers ignore SIGINT', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const task = pool.apply(tasks.pidLater, [200]);
  process.kill(pool.workerPids[0] as number, 'SIGINT');
  assert.equal(await task, pool.workerPids[0]);
});

test('Two pools at once do not disturb each other', async (t) => {
  const first = openPool(t, 1);
  const second = openPool(t, 1);
  const mapping = first.map(tasks.later, range(40), { chunkSize: 2 });
  assert.ok(
    (await rejection(second.apply(harm.loopForEver, [], { timeout: 50, grace: 50 }))) instanceof TaskTimeoutError,
  );
  second.terminate();
  assert.deepEqual(await mapping, range(40));
  assert.notEqual(await first.apply(tasks.processName), undefined);
  await until(() => second.workerPids.length === 0);
});
