import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CancelledError, SerializationError, StateError, TimeoutError, WorkerLostError } from 'brood';
import { asCompleted, type ExecutorOptions, Future, ProcessPoolExecutor, waitFutures } from 'brood/futures';
import * as special from '../fixtures/futures/tasks.js';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { isGone, linesOf, makeFolder, range, rejection, until, waitForLines } from '../pool/support.js';
import { collectGarbage } from '../support/collect-garbage.js';

/** Gone at the end of the test. */
function open(t: TestContext, options: number | ExecutorOptions = 2): ProcessPoolExecutor {
  const executor = new ProcessPoolExecutor(options);
  t.after(() => {
    executor.killWorkers();
    return executor.shutdown();
  });
  return executor;
}

const collect = async <T>(results: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
};

test('A submitted call has a future with its result, or its error', async (t) => {
  const executor = open(t);
  const future = executor.submit(tasks.add, 1, 2);
  assert.ok(future instanceof Future);
  assert.equal(await future, 3);
  assert.deepEqual([future.done(), future.running(), future.cancel()], [true, false, false]);
  const failing = executor.submit(special.fail, 'no');
  assert.match(((await failing.exception()) as Error).message, /no/);
  await assert.rejects(failing.result(), /no/);
  const many = range(200).map((n) => executor.submit(tasks.double, n));
  assert.deepEqual(
    await Promise.all(many),
    range(200).map((n) => n * 2),
  );
  const { done } = await waitFutures(many);
  assert.equal(done.size, 200);
  let seen = 0;
  for await (const _ of asCompleted(many)) seen += 1;
  assert.equal(seen, 200);
});

test('What cannot cross, or cannot be an option, is refused at once', async (t) => {
  const executor = open(t);
  assert.throws(
    () => executor.submit(tasks.identity, { deep: [Symbol('s')] }),
    (error: SerializationError) => error instanceof SerializationError && error.path === 'args[0].deep[0]',
  );
  assert.throws(() => executor.submit('no function' as never), TypeError);
  assert.throws(() => executor.map(tasks.double, [1], { chunkSize: 0 }), RangeError);
  assert.throws(() => executor.map(tasks.double, [1], { bufferSize: 0 }), RangeError);
  assert.throws(() => executor.map(tasks.double, [1], { timeout: Number.NaN }), RangeError);
  for (const options of [null, '', '2', true, [2]])
    assert.throws(() => new ProcessPoolExecutor(options as never), /TypeError: Cannot use options .*no object/);
  assert.throws(() => new ProcessPoolExecutor({ task: null as never }), TypeError);
  await assert.rejects(executor.shutdown(null as never), TypeError);
  assert.throws(() => new ProcessPoolExecutor(0), RangeError);
  assert.throws(() => new ProcessPoolExecutor({ maxWorkers: 1.5 }), RangeError);
  assert.throws(() => new ProcessPoolExecutor({ maxTasksPerChild: 0 }), RangeError);
});

test('An executor that nobody holds any more completes what was submitted, then its workers end', async () => {
  const submit = (): [Future<number>, Future<string>] => {
    const executor = new ProcessPoolExecutor({ maxWorkers: 1, idleTimeout: Number.POSITIVE_INFINITY });
    return [executor.submit(tasks.pid), executor.submit(tasks.later<string>, 'late', 300)];
  };
  const futures = submit();
  const pid = await futures[0];
  while (!isGone(pid)) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(futures[1].done(), true);
  assert.equal(await futures[1], 'late');
});

test('Workers are started on demand', async (t) => {
  const path = join(makeFolder(t), 'marks');
  const executor = open(t, { maxWorkers: 4, initializer: tasks.mark, initArgs: [path, 'started'] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(linesOf(path), []);
  await executor.submit(tasks.add, 1, 1);
  await executor.submit(tasks.add, 1, 1);
  assert.equal(linesOf(path).length, 1);
});

test('A future can be cancelled until a worker has begun it, and then not', async (t) => {
  const executor = open(t, 1);
  const path = join(makeFolder(t), 'marks');
  const running = executor.submit(special.untilFile, `${path}.go`, path);
  const waiting = range(5).map(() => executor.submit(tasks.mark, path, 'never'));
  await waitForLines(path);
  await until(() => running.running());
  assert.equal(running.cancel(), false);
  for (const future of waiting) assert.equal(future.cancel(), true);
  for (const future of waiting) {
    assert.deepEqual([future.cancelled(), future.done(), future.cancel()], [true, true, true]);
    await assert.rejects(future.result(), CancelledError);
  }
  tasks.mark(`${path}.go`, 'go');
  assert.equal(await running, 'gone');
  assert.deepEqual(linesOf(path), ['waiting']);
  assert.equal(await executor.submit(tasks.add, 1, 1), 2);
});

test('A lost worker fails its own task, and the executor works on', async (t) => {
  const executor = open(t);
  const others = range(20).map((n) => executor.submit(tasks.later, n, 5));
  const error = await rejection<WorkerLostError>(executor.submit(harm.kill).result());
  assert.ok(error instanceof WorkerLostError);
  assert.equal(error.signal, 'SIGKILL');
  assert.deepEqual(await Promise.all(others), range(20));
});

test('map() gives results in order, reads no further ahead than it may, and lets go of its input', async (t) => {
  const executor = open(t);
  assert.deepEqual(
    await collect(executor.map(tasks.double, range(50), { chunkSize: 7 })),
    range(50).map((n) => n * 2),
  );
  assert.deepEqual(await collect(executor.map(tasks.double, [])), []);
  let read = 0;
  let isLetGo = false;
  function* endless(): Generator<number> {
    try {
      for (;;) {
        read += 1;
        yield read;
      }
    } finally {
      isLetGo = true;
    }
  }
  for await (const result of executor.map(tasks.double, endless(), { bufferSize: 5 })) {
    assert.ok(read <= result / 2 + 5, `${read} read for result ${result / 2}`);
    if (result === 40) break;
  }
  assert.equal(isLetGo, true);
});

test('The first failure, or lack of time, ends the iteration of map()', async (t) => {
  const executor = open(t, 1);
  const path = join(makeFolder(t), 'marks');
  const failing = executor.map(special.failAt, [
    { n: 1, bad: 2, path },
    { n: 2, bad: 2, path },
    ...range(50).map((n) => ({ n: n + 3, bad: 2, path })),
  ]);
  assert.equal((await failing.next()).value, 1);
  await assert.rejects(failing.next(), /bad item 2/);
  assert.deepEqual(await failing.next(), { done: true, value: undefined });
  const slow = executor.map(tasks.later, range(20), { timeout: 50 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  await assert.rejects(async () => await collect(slow), TimeoutError);
  assert.equal(await executor.submit(tasks.add, 1, 1), 2);
  assert.ok(linesOf(path).length < 40, 'what had not started was cancelled');
});

test('shutdown() completes what was submitted, also iterations that nobody has read yet; afterwards nothing is taken', async () => {
  const executor = new ProcessPoolExecutor(2);
  const futures = range(10).map((n) => executor.submit(tasks.later, n, 5));
  const results = executor.map(tasks.double, range(40));
  await executor.shutdown();
  assert.ok(futures.every((future) => future.done()));
  assert.deepEqual(await Promise.all(futures), range(10));
  assert.deepEqual(
    await collect(results),
    range(40).map((n) => n * 2),
  );
  assert.throws(
    () => executor.submit(tasks.add, 1, 1),
    (error) => error instanceof StateError && /shut down/.test(error.message),
  );
  assert.throws(() => executor.map(tasks.double, [1]), StateError);
  await executor.shutdown();
  await executor[Symbol.asyncDispose]();
});

test('shutdown() with cancelFutures cancels what has not begun; with wait false it returns at once', async (t) => {
  const executor = open(t, 1);
  const path = join(makeFolder(t), 'marks');
  const running = executor.submit(special.untilFile, `${path}.go`, path);
  await waitForLines(path);
  const waiting = range(5).map(() => executor.submit(tasks.mark, path, 'never'));
  const results = executor.map(tasks.double, range(10));
  await executor.shutdown({ wait: false, cancelFutures: true });
  assert.ok(waiting.every((future) => future.cancelled()));
  await assert.rejects(async () => await collect(results), CancelledError);
  assert.equal(running.done(), false);
  tasks.mark(`${path}.go`, 'go');
  assert.equal(await running, 'gone');
  await executor.shutdown();
  assert.deepEqual(linesOf(path), ['waiting']);
});

for (const [method, signal] of [
  ['terminateWorkers', 'SIGTERM'],
  ['killWorkers', 'SIGKILL'],
] as const) {
  test(`${method}() ends what runs with ${signal}, and cancels what waits`, async (t) => {
    const executor = open(t, 1);
    executor[method](); // Nothing runs: nothing happens, but for the shutdown.
    assert.throws(() => executor.submit(tasks.add, 1, 1), StateError);
    const busy = open(t, 1);
    const path = join(makeFolder(t), 'marks');
    const running = busy.submit(harm.markThenHang, path);
    const [pid] = (await waitForLines(path)).map(Number);
    const waiting = busy.submit(tasks.add, 1, 1);
    busy[method]();
    const error = await rejection<WorkerLostError>(running.result());
    assert.ok(error instanceof WorkerLostError, String(error));
    assert.equal(error.signal, signal);
    assert.equal(waiting.cancelled(), true);
    await busy.shutdown();
    assert.ok(isGone(pid as number));
  });
}

test('An input that ends its executor while it is opened has an iteration that ends, and keeps nothing waiting', async () => {
  const executor = new ProcessPoolExecutor(1);
  const input = {
    [Symbol.iterator]() {
      executor.killWorkers();
      return [1, 2, 3][Symbol.iterator]();
    },
  };
  await assert.rejects(async () => await collect(executor.map(tasks.double, input)), CancelledError);
  await executor.shutdown();
});
