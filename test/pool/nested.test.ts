import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CancelledError, run, SerializationError, TaskTimeoutError, WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as nested from '../fixtures/pool/nested.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { isGone, linesOf, makeFolder, openPool, rejection, until, waitForLines } from './support.js';

test('Pools nest', async (t) => {
  const pool = openPool(t, 1);
  const pids = await pool.apply(nested.nest, [3]);
  assert.equal(new Set([...pids, process.pid]).size, 5);
  await until(() => pids.slice(1).every(isGone));
  assert.notEqual(await pool.apply(nested.runInside), process.pid);
});

test('Pools that a task leaves open end with its worker', async (t) => {
  const pool = openPool(t, 1);
  const pids = await pool.apply(nested.forget, [2]);
  pool.close();
  await pool.join();
  await until(() => pids.every(isGone));
  const killed = openPool(t, 1);
  const others = await killed.apply(nested.forget, [2]);
  killed.terminate();
  await killed.join();
  await until(() => others.every(isGone));
});

test('run() runs one task in a process of its own that is gone afterwards', async () => {
  const pid = await run(tasks.pid);
  assert.notEqual(pid, process.pid);
  assert.ok(isGone(pid));
  assert.equal(await run(tasks.add, [2, 3]), 5);
  assert.equal((await rejection(run(tasks.oddOnly, [2]))).message, 'even: 2');
  assert.ok((await rejection(run(tasks.identity, [Symbol('s')]))) instanceof SerializationError);
  assert.ok((await rejection(run('no function' as never))) instanceof TypeError);
  assert.match(String(await rejection(run(tasks.add, 3 as never))), /TypeError: .*no array; pass \[argument\]/);
  assert.match(String(await rejection(run(tasks.pid, [], null as never))), /TypeError: Cannot use options "null"/);
});

test('run() takes the options of a task, and memoryLimit', async (t) => {
  const path = join(makeFolder(t), 'pids');
  const slow = await rejection(run(harm.startGrandchildren, [path], { timeout: 3000, grace: 100 }));
  assert.ok(slow instanceof TaskTimeoutError);
  assert.equal(linesOf(path).length, 2);
  await until(() => linesOf(path).every((pid) => isGone(Number(pid))));
  const hoarder = await rejection<WorkerLostError>(run(harm.hoard, [2 ** 28], { memoryLimit: 2 ** 27 }));
  assert.deepEqual([hoarder instanceof WorkerLostError, hoarder.reason], [true, 'memory-limit']);
  assert.equal(await run(harm.killOnFirstAttempts, [1], { retries: 1 }), 2);
  const controller = new AbortController();
  const mark = join(makeFolder(t), 'pid');
  const aborted = rejection(run(harm.markThenHang, [mark], { signal: controller.signal, grace: 50 }));
  const [pid] = await waitForLines(mark);
  controller.abort(new CancelledError('enough'));
  assert.equal((await aborted).message, 'enough');
  assert.ok(isGone(Number(pid)));
});
