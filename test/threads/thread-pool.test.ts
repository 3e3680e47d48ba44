import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  CancelledError,
  Lock,
  type PoolOptions,
  PoolTerminatedError,
  share,
  TaskTimeoutError,
  Value,
  WorkerLostError,
  WorkerStartError,
} from 'brood';
import { ThreadPoolExecutor } from 'brood/futures';
import { ThreadPool } from 'brood/threads';
import * as tasks from '../fixtures/threads/tasks.js';
import { range, rejection, until } from '../pool/support.js';

function open(t: TestContext, options: number | PoolOptions = 2): ThreadPool {
  const pool = new ThreadPool(options);
  t.after(() => pool[Symbol.asyncDispose]());
  return pool;
}

test('A thread pool maps, applies and iterates as a pool does, in threads of this process', async (t) => {
  const pool = open(t);
  const factor = 3;
  assert.deepEqual(
    await pool.map((n: number) => n * factor, range(1000)),
    range(1000).map((n) => n * factor),
  );
  const { pid, isThread, name } = (await pool.apply(tasks.where)) as { pid: number; isThread: boolean; name: string };
  assert.deepEqual([pid, isThread], [process.pid, true]);
  assert.match(name, /^PoolWorker-\d+$/);
  const results: number[] = [];
  for await (const result of pool.imap((n: number) => n + 1, range(20))) results.push(result);
  assert.deepEqual(
    results,
    range(20).map((n) => n + 1),
  );
  assert.deepEqual(pool.workerPids, [process.pid, process.pid]);
});

test('A thread in a loop that never ends is stopped at its timeout, and by terminate()', async (t) => {
  const pool = open(t);
  const neighbour = pool.map((n: number) => n, range(10));
  const error = await rejection<TaskTimeoutError>(pool.apply(tasks.spin, [], { timeout: 200, grace: 100 }));
  assert.ok(error instanceof TaskTimeoutError, String(error));
  assert.deepEqual(error.stuckAt, []);
  assert.deepEqual(await neighbour, range(10));
  assert.equal(await pool.apply(tasks.answer), 42);
  const stuck = rejection(pool.apply(tasks.spin));
  await until(() => pool.statistics().tasks.running === 1);
  pool.terminate();
  assert.ok((await stuck) instanceof PoolTerminatedError);
  assert.equal(await pool.join(20_000), true);
});

test('A thread that ends costs its task and nothing else', async (t) => {
  const pool = open(t);
  const others = pool.map((n: number) => n, range(100), { chunkSize: 1 });
  const exited = await rejection<WorkerLostError>(pool.apply(tasks.exit, [3]));
  assert.ok(exited instanceof WorkerLostError);
  assert.deepEqual([exited.exitCode, exited.signal, exited.reason], [3, null, 'exit']);
  const thrown = await rejection<WorkerLostError>(pool.apply(tasks.throwAside));
  assert.deepEqual([thrown.exitCode, thrown.reason], [1, 'exit']);
  assert.match(thrown.stderrTail, /thrown aside/);
  assert.deepEqual(await others, range(100));
  assert.equal(await pool.apply(tasks.answer), 42);
});

test('A cancelled task is asked, and its thread ended after the grace', async (t) => {
  const pool = open(t, 1);
  const begun = new Value('i32');
  const polite = pool.applyAsync(tasks.untilAborted, [begun]);
  await until(() => begun.value === 1, 20_000);
  assert.equal(polite.cancel(), 'running');
  await assert.rejects(polite.get(), CancelledError);
  const deaf = pool.applyAsync(tasks.spin, [begun], { grace: 50 });
  await until(() => begun.value === 2, 20_000);
  assert.equal(deaf.cancel(), 'running');
  assert.equal(await pool.apply(tasks.answer), 42);
});

test('Locks, values and shared arrays cross to threads', async (t) => {
  const pool = open(t);
  const [lock, value] = [new Lock(), new Value('i32')];
  await Promise.all(range(4).map(() => pool.apply(tasks.count, [lock, value, 500])));
  assert.equal(value.value, 2000);
  const shared = share(new Float64Array(1000));
  await pool.apply(
    (view: Float64Array) => {
      view[7] = 0.5;
    },
    [shared],
  );
  assert.equal(shared[7], 0.5);
});

test('A thread that is ended while it holds a lock gives it back', async (t) => {
  const pool = open(t, 1);
  const lock = new Lock();
  const holding = rejection(
    pool.apply(
      (held: Lock) => {
        held.acquireSync();
        for (;;);
      },
      [lock],
      { timeout: 2000, grace: 50 },
    ),
  );
  assert.ok((await holding) instanceof TaskTimeoutError);
  assert.equal(await lock.acquire(20_000), true);
  assert.equal(lock.ownerDied, true);
  lock.release();
});

test('An environment of its own, an initializer that fails, options that only a process can have', async (t) => {
  const pool = open(t, { processes: 1, env: { SAMPLE: 'own' } });
  assert.equal(await pool.apply(tasks.environment, ['SAMPLE']), 'own');
  const failing = open(t, { processes: 1, initializer: tasks.exit, initArgs: [1], stdio: 'ignore' });
  assert.ok((await rejection(failing.apply(tasks.answer))) instanceof WorkerStartError);
  for (const options of [{ cwd: '/' }, { niceness: 1 }, { memoryLimit: 1e9 }, { maxMemoryPerChild: 1e9 }])
    assert.throws(() => new ThreadPool(options), /TypeError: .*use a Pool/);
});

test('ThreadPoolExecutor is the executor on threads', async () => {
  const executor = new ThreadPoolExecutor(2);
  const future = executor.submit(tasks.where);
  assert.equal(((await future) as { isThread: boolean }).isThread, true);
  const stuck = executor.submit(tasks.spin);
  await until(() => stuck.running());
  executor.killWorkers();
  assert.ok((await rejection(stuck.result())) instanceof WorkerLostError);
  await executor.shutdown();
});
