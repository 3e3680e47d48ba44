import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Pool, SerializationError, WorkerStartError } from 'brood';
import * as initializers from '../fixtures/pool/initializers.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { linesOf, makeFolder, openPool, range, rejection, timed, until, waitForLines, warmUp } from './support.js';

test('The initializer runs in each worker before its first task, also in those that come later', async (t) => {
  for (const initializer of [initializers.remember, initializers.rememberLater]) {
    const pool = openPool(t, { processes: 2, initializer, initArgs: [{ key: [1, 2] }], maxTasksPerChild: 3 });
    for (const state of await pool.map(tasks.getState, range(20), { chunkSize: 1 }))
      assert.deepEqual(state, { key: [1, 2] });
  }
});

test('An initializer that throws rejects what waits, with its error as cause, after few attempts; later the pool recovers', async (t) => {
  const folder = makeFolder(t);
  const [calls, obstacle] = [join(folder, 'calls'), join(folder, 'obstacle')];
  writeFileSync(obstacle, '');
  const pool = openPool(t, {
    processes: 2,
    stdio: 'ignore',
    initializer: initializers.failWhile,
    initArgs: [calls, obstacle],
  });
  const waiting = [pool.apply(tasks.add, [1, 1]), pool.map(tasks.double, [1, 2]), pool.imap(tasks.double, [1]).next()];
  for (const error of await Promise.all(waiting.map((it) => rejection<WorkerStartError>(it)))) {
    assert.ok(error instanceof WorkerStartError, String(error));
    assert.ok(error.cause instanceof RangeError);
    assert.equal((error.cause as { code?: string }).code, 'E_DATABASE');
    assert.match(error.message, /no database.*; /);
  }
  assert.ok(linesOf(calls).length <= 5, `${linesOf(calls).length} attempts`);
  const again = await rejection<WorkerStartError>(pool.apply(tasks.add, [1, 1]));
  assert.ok(again instanceof WorkerStartError);
  assert.ok(linesOf(calls).length <= 10);
  rmSync(obstacle);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  await warmUp(pool);
});

test('Without a task nobody retries a failing initializer for ever', async (t) => {
  const folder = makeFolder(t);
  const calls = join(folder, 'calls');
  openPool(t, { processes: 2, stdio: 'ignore', initializer: initializers.failWhile, initArgs: [calls, folder] });
  await waitForLines(calls, 3);
  const { ms } = await timed(() => until(() => linesOf(calls).length > 5, 1000).catch(() => {}));
  assert.ok(ms >= 990);
});

test('An initializer that ends its process is the cause', async (t) => {
  const calls = join(makeFolder(t), 'calls');
  const pool = openPool(t, { processes: 1, stdio: 'ignore', initializer: initializers.exitWith, initArgs: [7, calls] });
  const error = await rejection<WorkerStartError>(pool.apply(tasks.add, [1, 1]));
  assert.ok(error instanceof WorkerStartError);
  assert.match((error.cause as Error).message, /exited with code 7/);
  assert.ok(linesOf(calls).length <= 5);
});

test('A callback that submits again while the workers cannot start gets another answer', async (t) => {
  const folder = makeFolder(t);
  const [calls, obstacle] = [join(folder, 'calls'), join(folder, 'obstacle')];
  writeFileSync(obstacle, '');
  const pool = openPool(t, {
    processes: 1,
    stdio: 'ignore',
    initializer: initializers.failWhile,
    initArgs: [calls, obstacle],
  });
  const second = new Promise((resolve, reject) => {
    const errorCallback = (): void => {
      rmSync(obstacle, { force: true });
      pool.applyAsync(tasks.add, [1, 1]).get().then(resolve, reject);
    };
    pool.applyAsync(tasks.add, [1, 1], { errorCallback });
    pool.applyAsync(tasks.add, [1, 1]);
  });
  assert.equal(await second, 2);
});

test('Arguments of the initializer that cannot cross are refused by the constructor', () => {
  assert.throws(
    () => new Pool({ processes: 1, initializer: initializers.remember, initArgs: [{ key: Symbol('s') }] }),
    (error: SerializationError) => error instanceof SerializationError && error.path === 'initArgs[0].key',
  );
  assert.throws(() => new Pool({ initializer: 'no function' as never }), TypeError);
  assert.throws(() => new Pool({ initArgs: 'no list' as never }), TypeError);
});

test('An initializer that waits for what can never come is the cause', async (t) => {
  const path = join(makeFolder(t), 'pids');
  const pool = openPool(t, { processes: 1, stdio: 'ignore', initializer: initializers.hang, initArgs: [path] });
  const error = await rejection<WorkerStartError>(pool.apply(tasks.add, [1, 1]));
  assert.ok(error instanceof WorkerStartError);
  assert.match((error.cause as Error).message, /exited with code 13/);
});

test('A pool whose initializer hangs can be terminated', async (t) => {
  const path = join(makeFolder(t), 'pid');
  const pool = openPool(t, { processes: 1, initializer: initializers.hangOn, initArgs: [path] });
  const task = rejection(pool.apply(tasks.add, [1, 1]));
  await waitForLines(path);
  pool.terminate();
  assert.equal(await pool.join(10_000), true);
  await task;
});
