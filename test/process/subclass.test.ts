import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Process, SerializationError } from 'brood';
import { Greeter, PlainHeir, Refuser, Thrower, Wrapper } from '../fixtures/process/subclasses.js';
import { listen } from './child.js';

test('A subclass runs its own run() in the child, with its fields', async (t) => {
  const greeter = new Greeter('hello', new Map([['who', new Set(['world'])]]), { name: 'greeter' });
  const { child, hear } = listen(t, greeter);
  assert.deepEqual(await hear(), {
    text: 'hello world',
    name: 'greeter',
    pid: child.pid,
    daemon: false,
    isAlive: true,
    isInstance: true,
    printed: `<Greeter name='greeter' pid=${child.pid} parent=${process.pid} started>`,
  });
  assert.equal(await child.join(), true);
  assert.equal(child.exitCode, 0);
});

test('super.run() calls the target with its arguments', async (t) => {
  const { hear, child } = listen(t, new Wrapper(3));
  assert.equal(await hear(), 'before');
  assert.deepEqual(await hear(), [1, 2]);
  assert.equal(await hear(), 'after 3');
  await child.join();
});

test('A subclass that does not override run() runs its target', async (t) => {
  const { hear, child } = listen(t, new PlainHeir());
  assert.deepEqual(await hear(), ['inherited']);
  await child.join();
});

test('Numbers count all processes, and the default name of a subclass is Process-<n>', () => {
  const first = new Process();
  const second = new Greeter('', new Map());
  const number = Number(first.name.split('-')[1]);
  assert.equal(second.name, `Process-${number + 1}`);
  assert.match(String(second), /^<Greeter name='Process-\d+' parent=\d+ initial>$/);
});

test('An error in run() of a subclass is reported as that of a target', async (t) => {
  const { child, stderr } = listen(t, new Thrower({ name: 'thrower', stdio: 'pipe' }));
  await child.join();
  assert.equal(child.exitCode, 1);
  assert.match(await stderr, /^Process thrower:\nTypeError: as designed\n/);
});

test('In the child the object cannot be used to control the process', async (t) => {
  const { hear, child } = listen(t, new Refuser());
  for (const message of (await hear()) as string[]) assert.match(message, /^StateError: .*only its creator/);
  await child.join();
  assert.equal(child.exitCode, 0);
});

test('A field that cannot cross makes start() throw SerializationError and name it', () => {
  const greeter = new Greeter('hello', new Map([['who', new Set([Symbol('it')])]]) as never);
  assert.throws(
    () => greeter.start(),
    (error) => error instanceof SerializationError && /^process\b.*parts/.test(error.path),
  );
  assert.equal(greeter.pid, null);
});

test('A subclass that no module exports runs in its child', async () => {
  const exitCode = 7;
  class Local extends Process {
    override run(): void {
      process.exitCode = exitCode;
    }
  }
  const local = new Local();
  local.start();
  await local.join();
  assert.equal(local.exitCode, 7);
});

test('run() can be called in the parent, where it calls the target', () => {
  assert.equal(new Process({ target: (a: number, b: number) => a + b, args: [1, 2] }).run(), 3);
  assert.equal(new Process().run(), undefined);
});
