import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activeChildren, Process, SerializationError, StateError } from 'brood';
import { echo, exitWith, forever, leaveHandlesOpen, nothing, setExitCode } from '../fixtures/process/targets.js';
import { runToEnd, startUp } from './child.js';
import { childrenOf } from './program.js';

function isStateError(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StateError, `${error}`);
    assert.equal(error.code, 'ERR_STATE');
    assert.match(error.message, pattern);
    return true;
  };
}

const nodeChildren = (): number[] =>
  childrenOf(process.pid)
    .filter(({ command }) => command.includes('process-main'))
    .map(({ pid }) => pid);

test('A new Process has no pid, no exit code, no streams, and is not alive', () => {
  const child = new Process({ target: nothing });
  assert.deepEqual(
    [child.pid, child.exitCode, child.isAlive(), child.stdin, child.stdout, child.stderr],
    [null, null, false, null, null, null],
  );
  assert.ok(!activeChildren().includes(child));
});

test('A started Process is alive, listed, and has a pid of its own', async (t) => {
  const { child } = await startUp(t, { target: forever });
  assert.ok(child.pid !== null && child.pid > 0 && child.pid !== process.pid);
  assert.equal(child.exitCode, null);
  assert.ok(child.isAlive());
  assert.ok(activeChildren().includes(child));
  assert.ok(nodeChildren().includes(child.pid));
});

test('A process whose target returned has exit code 0 and is listed no more', async () => {
  const child = new Process({ target: nothing });
  child.start();
  const { pid } = child;
  assert.equal(await child.join(), true);
  assert.deepEqual([child.exitCode, child.isAlive(), child.pid], [0, false, pid]);
  assert.ok(!activeChildren().includes(child));
});

test('A process without a target ends with exit code 0', async () => {
  const child = new Process();
  child.start();
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('Arguments reach the target in order, whatever structured clone can carry', async (t) => {
  const args = [1, 'two', null, { deep: [new Date(0)] }, 'ü€😀'];
  const { said } = await runToEnd(t, { target: echo, args });
  assert.deepEqual(said, [JSON.parse(JSON.stringify(args))]);
});

test('The exit code is that of process.exit(), as the system keeps it', async (t) => {
  for (const [code, seen] of [
    [0, 0],
    [1, 1],
    [7, 7],
    [255, 255],
    [256, 0],
    [-1, 255],
  ]) {
    const { exitCode } = await runToEnd(t, { target: exitWith, args: [code] });
    assert.equal(exitCode, seen, `process.exit(${code})`);
  }
});

test('The exit code is process.exitCode when the target returns', async (t) => {
  const { exitCode } = await runToEnd(t, { target: setExitCode, args: [5] });
  assert.equal(exitCode, 5);
});

test('A process ends when its target has settled, whatever handles user code left open', async (t) => {
  const { exitCode } = await runToEnd(t, { target: leaveHandlesOpen });
  assert.equal(exitCode, 0);
});

test('Process.start() throws StateError while it runs and after it ended, and the object stays usable', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const before = nodeChildren();
  assert.throws(
    () => child.start(),
    isStateError(/^Cannot start Process-\d+: it is still running \(pid \d+\); .*stop\(\)/),
  );
  assert.deepEqual(nodeChildren(), before);
  child.kill();
  assert.equal(await child.join(), true);
  assert.throws(() => child.start(), isStateError(/started already.*exit code -9.*; create a new Process/));
  assert.equal(child.exitCode, -9);
});

test('Every method that needs a child throws StateError before start, and start() still works', async () => {
  const child = new Process({ target: nothing });
  const before = isStateError(/not started; call start\(\) first$/);
  await assert.rejects(child.join(), before);
  await assert.rejects(child.join(0), before);
  await assert.rejects(child.stop(), before);
  assert.throws(() => child.terminate(), before);
  assert.throws(() => child.kill(), before);
  assert.throws(() => child.interrupt(), before);
  assert.throws(() => child.sentinel, before);
  child.start();
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('Process.close() throws StateError while the process runs, and the process goes on', async (t) => {
  const { child } = await startUp(t, { target: forever });
  assert.throws(() => child.close(), isStateError(/^Cannot close .* still running .*; join\(\) or stop\(\) it first$/));
  assert.ok(child.isAlive());
});

test('After Process.close() only name, daemon and close() work', async () => {
  const child = new Process({ target: nothing, name: 'brief', daemon: true });
  child.start();
  await child.join();
  child.close();
  child.close();
  assert.deepEqual([child.name, child.daemon], ['brief', true]);
  child.name = 'renamed';
  assert.equal(child.name, 'renamed');
  const closed = isStateError(/it is closed; create a new Process$/);
  for (const use of [
    () => child.start(),
    () => child.isAlive(),
    () => child.terminate(),
    () => child.kill(),
    () => child.interrupt(),
    () => child.pid,
    () => child.exitCode,
    () => child.sentinel,
    () => child.stdin,
    () => child.stdout,
    () => child.stderr,
    () => {
      child.daemon = false;
    },
  ]) {
    assert.throws(use, closed, String(use));
  }
  await assert.rejects(child.join(), closed);
  await assert.rejects(child.stop(), closed);
});

test('Process.close() releases a process that was never started', () => {
  const child = new Process({ target: nothing });
  child.close();
  assert.throws(() => child.start(), isStateError(/closed/));
});

test('The daemon flag can be changed before start, and is a StateError after it', async (t) => {
  const child = new Process({ target: nothing });
  assert.equal(child.daemon, false);
  child.daemon = true;
  assert.equal(child.daemon, true);
  child.start();
  t.after(() => child.join());
  assert.throws(
    () => {
      child.daemon = false;
    },
    isStateError(/daemon/),
  );
  assert.equal(child.daemon, true);
});

test('Process.start() throws SerializationError for what cannot cross, and no child exists', () => {
  const before = nodeChildren();
  const cases: Array<[Process, RegExp]> = [
    [new Process({ target: echo, args: [{ deep: [Symbol('it')] }] }), /args\[0\]\.deep\[0\]/],
    [new Process({ target: (() => echo(before)).bind(null) }), /target/],
    [new Process({ target: echo, args: [new WeakMap()] }), /args\[0\]/],
  ];
  for (const [child, path] of cases) {
    assert.throws(
      () => child.start(),
      (error) => error instanceof SerializationError && path.test(error.path) && path.test(error.message),
    );
    assert.deepEqual([child.pid, child.isAlive()], [null, false]);
    assert.ok(!activeChildren().includes(child));
  }
  assert.deepEqual(nodeChildren(), before);
});

test('The sentinel is one object from start on', async (t) => {
  const { child } = await startUp(t, { target: forever });
  const { sentinel } = child;
  assert.equal(typeof sentinel, 'object');
  child.kill();
  await child.join();
  assert.equal(child.sentinel, sentinel);
});
