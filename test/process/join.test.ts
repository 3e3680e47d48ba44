import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Process } from 'brood';
import { busy, forever, nothing } from '../fixtures/process/targets.js';
import { startUp } from './child.js';

/** Milliseconds that `action` takes. */
async function timed<T>(action: () => Promise<T>): Promise<{ result: T; elapsed: number }> {
  const begin = performance.now();
  const result = await action();
  return { result, elapsed: performance.now() - begin };
}

test('Process.join() resolves to false when time runs out, and the process goes on', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const { result, elapsed } = await timed(() => child.join(200));
  assert.equal(result, false);
  assert.ok(elapsed >= 180 && elapsed < 60_000, `${elapsed} ms`);
  assert.deepEqual([child.exitCode, child.isAlive()], [null, true]);
  assert.equal(await child.join({ timeout: 1 }), false);
});

test('Process.join() polls with a timeout of 0 or less', async (t) => {
  const { child } = await startUp(t, { target: forever });
  for (const wait of [0, -1, Number.NEGATIVE_INFINITY, { timeout: 0 }]) {
    const { result, elapsed } = await timed(() => child.join(wait));
    assert.equal(result, false);
    assert.ok(elapsed < 60_000, `${elapsed} ms`);
  }
});

test('Process.join() waits for ever without a timeout, and with Infinity or more than a timer holds', async () => {
  for (const wait of [undefined, {}, Number.POSITIVE_INFINITY, { timeout: Number.POSITIVE_INFINITY }, 2 ** 40]) {
    const child = new Process({ target: nothing });
    child.start();
    assert.equal(await child.join(wait), true);
    assert.equal(child.exitCode, 0);
  }
});

test('Process.join() rejects with RangeError for NaN, and the process goes on', async (t) => {
  const { child } = await startUp(t, { target: forever });
  await assert.rejects(child.join(Number.NaN), RangeError);
  await assert.rejects(child.join({ timeout: Number.NaN }), RangeError);
  assert.ok(child.isAlive());
});

test('Process.join() resolves to true again and again after the end, also polling', async () => {
  const child = new Process({ target: nothing });
  child.start();
  assert.deepEqual(await Promise.all([child.join(), child.join(), child.join(60_000)]), [true, true, true]);
  assert.equal(await child.join(), true);
  assert.equal(await child.join(0), true);
  assert.equal(await child.join(-5), true);
});

test('Process.join() rejects with the reason of a signal that is aborted already', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const reason = new Error('not now');
  await assert.rejects(child.join({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  assert.ok(child.isAlive());
});

test('Process.join() rejects with the reason of an abort while it waits, and others go on waiting', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const controller = new AbortController();
  const aborted = child.join({ signal: controller.signal, timeout: 60_000 });
  const other = child.join();
  const reason = { any: 'value' };
  controller.abort(reason);
  await assert.rejects(aborted, (error) => error === reason);
  assert.ok(child.isAlive());
  child.kill();
  assert.equal(await other, true);
});

test('Process.join() leaves no listener on a signal', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const { signal } = new AbortController();
  assert.equal(await child.join({ signal, timeout: 1 }), false);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  child.kill();
  await child.join({ signal });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('Process.join() tells of a child that died while this event loop was blocked', async (t) => {
  const { child } = await startUp(t, { target: busy });
  child.kill();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  assert.equal(await child.join(60_000), true);
  assert.equal(child.exitCode, -9);
});
