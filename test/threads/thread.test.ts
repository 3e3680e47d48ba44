import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { activeChildren, Event, Process, SharedArray, StateError, Value } from 'brood';
import { Thread } from 'brood/threads';
import * as tasks from '../fixtures/threads/tasks.js';
import { isGone, until } from '../pool/support.js';

/** A thread that reports by an event runs here, and not in a process of its own. */
test('A thread runs its target in this process, and has the states of a process', async () => {
  const event = new Event();
  const thread = new Thread({ target: (done: Event) => done.set(), args: [event], name: 'worker bee' });
  assert.ok(thread instanceof Process);
  await assert.rejects(thread.join(), StateError);
  thread.start();
  assert.equal(thread.pid, process.pid);
  assert.match(inspect(thread), /^<Thread name='worker bee' pid=\d+ parent=\d+ started>$/);
  assert.throws(() => thread.start(), StateError);
  assert.equal(await thread.join(), true);
  assert.deepEqual([thread.exitCode, thread.isAlive(), event.isSet()], [0, false, true]);
  assert.deepEqual(activeChildren(), []);
  thread.close();
});

for (const [method, exitCode] of [
  ['terminate', -15],
  ['kill', -9],
  ['interrupt', -2],
] as const) {
  test(`Thread.${method}() ends a loop that never ends`, async () => {
    const thread = new Thread({ target: tasks.spin });
    thread.start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    thread[method]();
    assert.equal(await thread.join(60_000), true);
    assert.equal(thread.exitCode, exitCode);
  });
}

test('A thread ends as its target does: by process.exit(), by an error, by one that nobody caught', async () => {
  for (const [target, args, exitCode, words] of [
    [tasks.exit, [7], 7, ''],
    [tasks.exit, [0], 0, ''],
    [tasks.throwAside, [], 1, 'thrown aside'],
    [() => Promise.reject(new Error('rejected')), [], 1, 'rejected'],
  ] as Array<[(...args: unknown[]) => unknown, unknown[], number, string]>) {
    const thread = new Thread({ target, args, stdio: 'pipe' });
    thread.start();
    let text = '';
    thread.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    assert.equal(await thread.join(20_000), true);
    assert.equal(thread.exitCode, exitCode, text);
    assert.ok(text.includes(words), text);
  }
});

test('stop() asks a thread, then ends it', async () => {
  const begun = new Value('i32');
  const polite = new Thread({ target: tasks.untilAborted, args: [begun] });
  polite.start();
  await until(() => begun.value === 1, 20_000);
  assert.equal(await polite.stop({ grace: 20_000 }), 0);
  const deaf = new Thread({ target: tasks.spin });
  deaf.start();
  assert.equal(await deaf.stop({ grace: 100 }), -15);
});

test('What a thread started ends with it', async () => {
  const pid = new Value('i32');
  const thread = new Thread({ target: tasks.startChild, args: [pid] });
  thread.start();
  await until(() => pid.value > 0, 20_000);
  thread.kill();
  await thread.join();
  await until(() => isGone(pid.value), 20_000);
});

for (const end of ['terminate', 'return'] as const) {
  test(`A pool that a thread leaves open is gone with it, and no zombie stays: ${end}`, async () => {
    const pids = new SharedArray('i32', 3);
    const thread = new Thread({ target: tasks.leavePool, args: [pids, end === 'return'] });
    thread.start();
    await until(() => pids.view[2] !== 0, 20_000);
    if (end === 'terminate') thread.terminate();
    await thread.join();
    const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);
    await until(() => ![...pids.view].some(isThere), 20_000);
  });
}

test('A subclass of Thread runs its own run(), with its fields', async () => {
  const { Greeter } = await import('../fixtures/threads/greeter.js');
  const said = new Value('i32');
  const greeter = new Greeter(said, 5);
  greeter.start();
  await greeter.join();
  assert.deepEqual([greeter.exitCode, said.value], [0, 5]);
});

test('What only a process can have is refused', () => {
  for (const options of [{ cwd: '/' }, { niceness: 1 }, { memoryLimit: 1e9 }])
    assert.throws(() => new Thread({ target: tasks.answer, ...options }), /TypeError: .*use a Process/);
  assert.throws(() => new Thread({ target: 'nothing' as never }), TypeError);
  assert.throws(() => new Thread(null as never), /TypeError: Cannot use options "null"/);
});
