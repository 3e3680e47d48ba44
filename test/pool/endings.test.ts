import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { LIMIT, openPool, range, rejection } from './support.js';

const MIB = 2 ** 20;

for (const [what, start, exitCode, words] of [
  ['process.exit(0)', (pool) => pool.apply(harm.exit, [0]), 0, ''],
  ['process.exit(3)', (pool) => pool.apply(harm.exit, [3]), 3, ''],
  ['an uncaught error', (pool) => pool.apply(harm.throwAside, ['boom aside']), 1, 'boom aside'],
  ['an unhandled rejection', (pool) => pool.apply(harm.rejectAside, ['boom rejected']), 1, 'boom rejected'],
] as Array<[string, (pool: ReturnType<typeof openPool>) => Promise<unknown>, number, string]>) {
  test(`A task that ends its process by ${what} is lost, with the exit code and the last words`, async (t) => {
    const pool = openPool(t, { processes: 1, stdio: 'ignore' });
    const error = await rejection<WorkerLostError>(start(pool));
    assert.ok(error instanceof WorkerLostError);
    assert.deepEqual([error.exitCode, error.signal, error.reason], [exitCode, null, 'exit']);
    assert.ok(error.stderrTail.includes(words), error.stderrTail);
    assert.equal(error.code, 'ERR_WORKER_LOST');
    assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  });
}

for (const signal of ['SIGSEGV', 'SIGABRT', 'SIGTERM', 'SIGBUS'] as const) {
  test(`A task that ends its process by ${signal} is lost, and the signal is named`, async (t) => {
    const pool = openPool(t, { processes: 1, stdio: 'ignore' });
    const error = await rejection<WorkerLostError>(pool.apply(harm.kill, [signal]));
    assert.ok(error instanceof WorkerLostError);
    assert.deepEqual([error.signal, error.reason], [signal, 'signal']);
    assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  });
}

test('A task that exhausts the heap is lost as out of memory', async (t) => {
  const pool = openPool(t, { processes: 1, stdio: 'ignore', execArgv: ['--max-old-space-size=64'] });
  const error = await rejection<WorkerLostError>(pool.apply(harm.exhaustHeap));
  assert.ok(error instanceof WorkerLostError);
  assert.equal(error.reason, 'out-of-memory');
  assert.match(error.stderrTail, /heap/);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('A task above memoryLimit is lost for that reason; its neighbour is not', async (t) => {
  const pool = openPool(t, { processes: 2, memoryLimit: 200 * MIB });
  const neighbour = pool.apply(tasks.later, ['neighbour', 500]);
  const error = await rejection<WorkerLostError>(pool.apply(harm.hoard, [300 * MIB]));
  assert.ok(error instanceof WorkerLostError);
  assert.equal(error.reason, 'memory-limit');
  assert.equal(await neighbour, 'neighbour');
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('stderrTail holds at most the last 64 KiB', async (t) => {
  const pool = openPool(t, { processes: 1, stdio: 'ignore' });
  assert.equal(await pool.apply(harm.fillStderr, [3 * MIB]), 3 * MIB);
  const error = await rejection<WorkerLostError>(pool.apply(harm.throwAside, ['at last']));
  assert.equal(Buffer.byteLength(error.stderrTail), 64 * 1024);
  assert.match(error.stderrTail, /^e+last words\n[\s\S]*at last/);
});

for (const fd of [1, 2, 3, 4]) {
  test(`A task that writes garbage to descriptor ${fd} disturbs nobody else`, async (t) => {
    const pool = openPool(t, { processes: 2, stdio: 'ignore' });
    const neighbours = pool.map(tasks.later, range(40), { chunkSize: 1 });
    const outcome = await pool.apply(harm.scribble, [fd]).catch((error) => error);
    if (fd <= 2) assert.equal(outcome, 'written');
    else assert.ok(outcome === 'written' || outcome instanceof WorkerLostError, String(outcome));
    // What ends a worker for it is heard of sooner or later; what disturbs nobody gets some time to do so.
    const second = await pool.apply(harm.scribbleAndWait, [fd, fd === 4 ? LIMIT : 500]).catch((error) => error);
    if (fd === 4) assert.ok(second instanceof WorkerLostError, String(second));
    assert.deepEqual(await neighbours, range(40));
    assert.deepEqual(
      await pool.map(tasks.double, range(100)),
      range(100).map((n) => n * 2),
    );
    assert.equal(pool.workerPids.length, 2);
  });

  test(`A task that closes descriptor ${fd} disturbs nobody else`, async (t) => {
    const pool = openPool(t, { processes: 1, stdio: 'ignore' });
    const outcome = await pool.apply(harm.closeDescriptor, [fd]).catch((error) => error);
    assert.ok(outcome === 'closed' || outcome instanceof WorkerLostError, String(outcome));
    assert.deepEqual(
      await pool.map(tasks.double, range(20)),
      range(20).map((n) => n * 2),
    );
  });
}
