import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Process } from 'brood';
import { describeSelf, leaveChild, startFromDaemon } from '../fixtures/process/targets.js';
import { runToEnd, start } from './child.js';
import { childrenOf } from './program.js';

test('A daemon that starts a process gets a StateError whose text contains "daemonic"', async (t) => {
  const { said, exitCode } = await runToEnd(t, { target: startFromDaemon, daemon: true, name: 'imp' });
  const { name, message } = said[0] as { name: string; message: string };
  assert.equal(name, 'StateError');
  assert.match(message, /^Cannot start Process-.*"imp" is daemonic/);
  assert.equal(exitCode, 0);
});

test('A process that is no daemon may have children', async (t) => {
  const { said } = await runToEnd(t, { target: startFromDaemon });
  assert.deepEqual(said, ['started']);
});

test('The daemon flag is inherited from the current process unless it is given', async (t) => {
  assert.equal(new Process().daemon, false);
  assert.equal(new Process({ daemon: true }).daemon, true);
  const { said } = await runToEnd(t, { target: describeSelf, daemon: true });
  assert.equal((said[0] as { daemon: boolean }).daemon, true);
});

test('A child waits for its own children that are no daemons', async (t) => {
  const { said, exitCode } = await runToEnd(t, { target: leaveChild, args: [false] });
  assert.deepEqual(said, ['up', 'late']);
  assert.equal(exitCode, 0);
});

test('A child ends its daemons when its target has returned', async (t) => {
  const { child, stderr } = start(t, { target: leaveChild, args: [true] });
  await child.join();
  assert.equal(child.exitCode, 0);
  assert.equal(await stderr, '');
});

test('Ending a process ends its children with it', async (t) => {
  const { child, hear } = start(t, { target: leaveChild, args: [false] });
  assert.equal(await hear(), 'up');
  child.kill();
  await child.join();
  assert.equal(child.exitCode, -9);
  assert.deepEqual(
    childrenOf(process.pid).filter(({ pid }) => pid === child.pid),
    [],
  );
  await assert.rejects(hear(), /it ended/); // `late` is never said.
});
