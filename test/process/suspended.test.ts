import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Process } from 'brood';
import { cleanUpOn, cooperate, forever, ignoreSignals, tellSignals } from '../fixtures/process/targets.js';
import { start, startUp } from './child.js';
import { childrenOf, isRunning, until } from './program.js';

function suspend(child: Process): number {
  const pid = child.pid as number;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

test('Process.terminate(), kill() and interrupt() end it with -15, -9 and -2, also if it is stopped', async (t) => {
  for (const [method, code] of [
    ['terminate', -15],
    ['kill', -9],
    ['interrupt', -2],
  ] as const) {
    const { child } = await startUp(t, { target: forever });
    suspend(child);
    child[method]();
    await child.join();
    assert.equal(child.exitCode, code, method);
  }
});

test('A stopped child that handles SIGTERM gets to its handler', async (t) => {
  const { child, hear } = await startUp(t, { target: cleanUpOn, args: ['SIGTERM'] });
  suspend(child);
  child.terminate();
  assert.equal(await hear(), 'cleaned up on SIGTERM');
  await child.join();
  assert.equal(child.exitCode, 7);
});

test('Process.terminate() reaches stopped descendants, also processes of its own and sessions of their own', async (t) => {
  const { child, hear } = start(t, { target: tellSignals, args: [1] });
  assert.deepEqual([await hear(), await hear(), await hear()], ['up', 'up', 'up']);
  for (const { pid, command } of childrenOf(child.pid as number))
    if (!command.includes('janitor')) process.kill(pid, 'SIGSTOP');
  suspend(child);
  child.terminate();
  const heard = new Set([await hear(), await hear(), await hear()]);
  assert.deepEqual(heard, new Set(['SIGTERM at 1', 'SIGTERM at 2', 'SIGTERM in sh']));
});

test('Process.stop() ends a stopped child, with SIGKILL if it ignores all else', async (t) => {
  for (const [options, code] of [
    [{ target: cooperate }, -15],
    [{ target: ignoreSignals, args: ['SIGTERM', 'SIGINT'] }, -9],
  ] as const) {
    const { child } = await startUp(t, { ...options, args: [...('args' in options ? options.args : [])] });
    suspend(child);
    assert.equal(await child.stop({ grace: 100 }), code);
  }
});

test('A stopped child ends when its signal aborts, and when it is disposed of', async (t) => {
  const controller = new AbortController();
  const { child } = await startUp(t, { target: ignoreSignals, args: ['SIGTERM'], signal: controller.signal });
  suspend(child);
  controller.abort();
  await child.join();
  assert.equal(child.exitCode, -9);
  const { child: other } = await startUp(t, { target: forever });
  const pid = suspend(other);
  await other[Symbol.asyncDispose]();
  await until(() => !isRunning(pid), 'its end');
});
