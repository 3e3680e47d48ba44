import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { LIMIT, linesOf, makeFolder, openPool, range, rejection, until, waitForLines, warmUp } from './support.js';

test('AsyncResult.cancel() tells that the task was queued, and it never runs', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const first = pool.applyAsync(tasks.later, ['first', 100]);
  const second = pool.applyAsync(tasks.mark, [path]);
  assert.equal(second.cancel(), 'queued');
  assert.ok((await rejection(second.get())) instanceof CancelledError);
  assert.equal(second.cancel(), 'settled');
  assert.equal(await first.get(), 'first');
  assert.equal(first.cancel(), 'settled');
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  assert.deepEqual(linesOf(path), []);
});

test('AsyncResult.cancel() of a running task asks it to end; its worker stays if it does', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const pid = await pool.apply(tasks.pid);
  const result = pool.applyAsync(harm.markThenAbort, [path], { grace: LIMIT });
  await waitForLines(path);
  const reason = new Error('changed my mind');
  assert.equal(result.cancel(reason), 'running');
  assert.equal(await rejection(result.get()), reason);
  assert.equal(await pool.apply(tasks.pid), pid);
});

test('AsyncResult.cancel() of a task that does not end kills its worker after the grace', async (t) => {
  const pool = openPool(t, 2);
  const path = join(makeFolder(t), 'marks');
  await warmUp(pool);
  const neighbour = pool.apply(tasks.later, ['neighbour', 600]);
  const result = pool.applyAsync(harm.markThenHang, [path], { grace: 1000 });
  const [pid] = (await waitForLines(path)).map(Number);
  assert.equal(result.cancel(), 'running');
  await rejection(result.get());
  assert.ok(pool.workerPids.includes(pid as number), 'its promise does not wait for the grace');
  await until(() => !pool.workerPids.includes(pid as number));
  assert.equal(await neighbour, 'neighbour');
  await warmUp(pool);
});

test('A signal that has aborted already keeps the task from running', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const reason = new Error('before');
  const signal = AbortSignal.abort(reason);
  assert.equal(await rejection(pool.apply(tasks.mark, [path], { signal })), reason);
  assert.equal(await rejection(pool.map(tasks.mark, [path], { signal })), reason);
  assert.equal(await rejection(pool.mapSettled(tasks.mark, [path], { signal })), reason);
  await pool.apply(tasks.add, [1, 1]);
  assert.deepEqual(linesOf(path), []);
  assert.equal(pool.statistics().tasks.cancelled, 1);
});

test('A signal cancels while the task is queued and while it runs', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const controllers = [new AbortController(), new AbortController()];
  const [first, second] = controllers.map(({ signal }) => pool.applyAsync(harm.markThenAbort, [path], { signal }));
  await waitForLines(path);
  controllers[1]?.abort(new Error('queued'));
  assert.equal((await rejection((second as NonNullable<typeof second>).get())).message, 'queued');
  controllers[0]?.abort(new Error('running'));
  assert.equal((await rejection((first as NonNullable<typeof first>).get())).message, 'running');
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  assert.deepEqual(linesOf(path), ['running']);
});

test('A thousand tasks may share one signal', async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  t.after(() => process.off('warning', onWarning));
  const pool = openPool(t, 2);
  const controller = new AbortController();
  const { signal } = controller;
  assert.deepEqual(await Promise.all(range(1000).map((n) => pool.apply(tasks.identity, [n], { signal }))), range(1000));
  const results = range(100).map(() => pool.applyAsync(tasks.later, [1, 60_000], { signal, grace: 10 }));
  const waits = results.map((result) => rejection(result.get({ signal })));
  controller.abort(new Error('all of them'));
  for (const error of await Promise.all(waits)) assert.equal(error.message, 'all of them');
  for (const result of results) assert.equal((await rejection(result.get())).message, 'all of them');
  assert.deepEqual(warnings, []);
});

test('A signal takes a whole map with it, and only that', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  const controller = new AbortController();
  const mapping = pool.map(
    tasks.afterMs,
    range(100).map(() => 20),
    { signal: controller.signal, chunkSize: 10 },
  );
  const neighbours = range(20).map((n) => pool.apply(tasks.later, [n, 5]));
  await sleep(50);
  controller.abort(new Error('no map'));
  assert.equal((await rejection(mapping)).message, 'no map');
  assert.deepEqual(await Promise.all(neighbours), range(20));
  const { queued, running } = pool.statistics().tasks;
  assert.deepEqual({ queued, running }, { queued: 0, running: 0 });
});

test('A task in the middle of a chunk can be cancelled by map, and retries are not run for it', async (t) => {
  const pool = openPool(t, 1);
  const controller = new AbortController();
  const options = { signal: controller.signal, retries: { errors: 1000, delay: 20 } };
  const mapping = pool.map(tasks.oddOnly, [2], options);
  await until(() => pool.statistics().tasks.retried > 1);
  controller.abort(new Error('stop trying'));
  assert.equal((await rejection(mapping)).message, 'stop trying');
  const { retried } = pool.statistics().tasks;
  await sleep(80);
  assert.equal(pool.statistics().tasks.retried, retried);
});

test('A worker killed while its task is being cancelled takes nothing else with it', async (t) => {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'marks');
  const result = pool.applyAsync(harm.markThenHang, [path], { grace: 5000 });
  const waiting = pool.apply(tasks.add, [1, 1]);
  const [pid] = await waitForLines(path);
  result.cancel();
  process.kill(Number(pid), 'SIGKILL');
  assert.ok((await rejection(result.get())) instanceof CancelledError);
  assert.equal(await waiting, 2);
});
