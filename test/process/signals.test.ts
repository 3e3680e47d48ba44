import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Process } from 'brood';
import {
  busy,
  cleanUpOn,
  cooperate,
  forever,
  ignoreRequest,
  ignoreSignals,
  nothing,
  tellSignals,
} from '../fixtures/process/targets.js';
import { start, startUp } from './child.js';

test('Process.terminate(), kill() and interrupt() end it with -15, -9 and -2', async (t) => {
  for (const [method, code] of [
    ['terminate', -15],
    ['kill', -9],
    ['interrupt', -2],
  ] as const) {
    const { child } = await startUp(t, { target: forever });
    child[method]();
    await child.join();
    assert.equal(child.exitCode, code, method);
  }
});

test('Process.kill() ends a busy loop', async (t) => {
  const { child } = await startUp(t, { target: busy });
  child.kill();
  await child.join();
  assert.equal(child.exitCode, -9);
});

test('Process.terminate() ends a child that is still starting', async (t) => {
  const { child } = start(t, { target: forever });
  child.terminate();
  await child.join();
  assert.equal(child.exitCode, -15);
});

test('A child may handle SIGTERM and SIGINT and choose its exit code', async (t) => {
  for (const [method, signal] of [
    ['terminate', 'SIGTERM'],
    ['interrupt', 'SIGINT'],
  ] as const) {
    const { child, hear } = await startUp(t, { target: cleanUpOn, args: [signal] });
    child[method]();
    assert.equal(await hear(), `cleaned up on ${signal}`);
    await child.join();
    assert.equal(child.exitCode, 7);
  }
});

test('Signals after the end do nothing, also when the pid is taken again', async () => {
  const child = new Process({ target: nothing });
  child.start();
  await child.join();
  child.terminate();
  child.kill();
  child.interrupt();
  assert.equal(child.exitCode, 0);
});

test('Process.stop() lets a child end that looks at currentTask().signal', async (t) => {
  const { child, hear } = await startUp(t, { target: cooperate });
  assert.equal(await child.stop({ grace: 30_000 }), 0);
  assert.equal(await hear(), 'asked');
  assert.equal(child.exitCode, 0);
});

test('Process.stop() sends SIGTERM at once to a child that never looked at the signal', async (t) => {
  const { child } = await startUp(t, { target: forever });
  assert.equal(await child.stop({ grace: 30_000 }), -15);
});

test('Process.stop() sends SIGTERM after the grace, and SIGKILL after another', async (t) => {
  const { child } = await startUp(t, { target: ignoreRequest });
  assert.equal(await child.stop({ grace: 50 }), -15);
  const { child: stubborn } = await startUp(t, { target: ignoreSignals, args: ['SIGTERM', 'SIGINT'] });
  const begin = performance.now();
  assert.equal(await stubborn.stop({ grace: 100 }), -9);
  const elapsed = performance.now() - begin;
  assert.ok(elapsed >= 90 && elapsed < 60_000, `${elapsed} ms`);
});

test('Process.stop() ends a busy loop, which cannot even hear the request', async (t) => {
  const { child } = await startUp(t, { target: busy });
  assert.equal(await child.stop({ grace: 50 }), -15);
});

test('Process.stop() with a grace of 0 ends the child all the same', async (t) => {
  const { child } = await startUp(t, { target: ignoreSignals, args: ['SIGTERM'] });
  assert.equal(await child.stop({ grace: 0 }), -9);
});

test('Process.stop() of a child that is still starting ends it', async (t) => {
  const { child } = start(t, { target: forever });
  const exitCode = await child.stop({ grace: 500 });
  assert.equal(exitCode, child.exitCode);
  assert.ok(exitCode === -15, `${exitCode}`);
});

test('Process.stop() twice at once, and after the end, resolves to the one exit code', async (t) => {
  const { child } = await startUp(t, { target: forever });
  assert.deepEqual(await Promise.all([child.stop(), child.stop()]), [-15, -15]);
  assert.equal(await child.stop(), -15);
  const returned = new Process({ target: nothing });
  returned.start();
  await returned.join();
  assert.equal(await returned.stop(), 0);
});

test('A second Process.stop() with a shorter grace is not held up by the first', async (t) => {
  const { child } = await startUp(t, { target: ignoreRequest });
  const patient = child.stop({ grace: 30_000 });
  assert.equal(await child.stop({ grace: 20 }), -15);
  assert.equal(await patient, -15);
});

test('Process.stop() rejects with RangeError for a grace that is no duration', async (t) => {
  const { child } = await startUp(t, { target: forever });
  await assert.rejects(child.stop({ grace: -1 }), RangeError);
  await assert.rejects(child.stop({ grace: Number.NaN }), RangeError);
  assert.ok(child.isAlive());
});

test('Aborting the signal option stops the process', async (t) => {
  const controller = new AbortController();
  const { child, hear } = await startUp(t, { target: cooperate, signal: controller.signal });
  controller.abort();
  assert.equal(await hear(), 'asked');
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('Processes that share a signal are one listener to it, and none once they have ended', async (t) => {
  const controller = new AbortController();
  const { signal } = controller;
  const children = [1, 2, 3].map(() => start(t, { target: forever, signal }).child);
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  controller.abort();
  await Promise.all(children.map((child) => child.join()));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('A signal option that is aborted already refuses the start with its reason', () => {
  const reason = new Error('too late');
  const child = new Process({ target: nothing, signal: AbortSignal.abort(reason) });
  assert.throws(
    () => child.start(),
    (error) => error === reason,
  );
  assert.equal(child.pid, null);
});

test('An abort after the end does nothing', async () => {
  const controller = new AbortController();
  const child = new Process({ target: nothing, signal: controller.signal });
  child.start();
  await child.join();
  controller.abort();
  assert.equal(child.exitCode, 0);
});

test('await using stops and closes the process', async () => {
  const child = new Process({ target: forever, stdio: 'ignore' });
  child.start();
  await child[Symbol.asyncDispose]();
  assert.throws(() => child.pid, /closed/);
  await child[Symbol.asyncDispose]();
  await new Process({ target: nothing })[Symbol.asyncDispose]();
});

test('A signal from outside is the exit code, too', async (t) => {
  const { child } = await startUp(t, { target: forever });
  spawn('kill', ['-USR2', String(child.pid)]);
  await child.join();
  assert.equal(child.exitCode, -12);
});

test('Signals reach all descendants, also processes of its own and sessions of their own', async (t) => {
  const { child, hear } = start(t, { target: tellSignals, args: [1] });
  assert.deepEqual([await hear(), await hear(), await hear()], ['up', 'up', 'up']);
  child.interrupt();
  assert.deepEqual(new Set([await hear(), await hear()]), new Set(['SIGINT at 1', 'SIGINT at 2']));
  child.terminate();
  const heard = new Set([await hear(), await hear(), await hear()]);
  assert.deepEqual(heard, new Set(['SIGTERM at 1', 'SIGTERM at 2', 'SIGTERM in sh']));
});
