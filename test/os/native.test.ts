import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, ftruncateSync, readdirSync, readSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireNative } from '#dist/os/native/native.js';
import { readTaskStatus } from '#dist/os/native/task-status.js';
import { TestChild } from '../support/children.js';

const native = requireNative('the test');
const program = new URL('./native.child.js', import.meta.url);

test('memory: a child that inherits the descriptor shares every word, and a futex wakes it', async () => {
  const fd = native.memory.createAnonymous('test', 65_536);
  const mapping = native.memory.map(fd, 65_536);
  const words = new Int32Array(native.memory.view(mapping.address, 65_536));
  words[5] = 7;
  words[6] = 41;
  const child = new TestChild(program, { part: 'sleep' }, fd);
  assert.equal(await child.hear(), 'sleeping');
  const wake = (mask: number): number => native.futex.wake(mapping.address + 20, 1, mask);
  while (wake(4) === 0) await sleep(1); // It sleeps, and goes on sleeping.
  await sleep(50);
  assert.equal(wake(2), 0, 'its mask is another');
  Atomics.store(words, 5, 8);
  const waking = setInterval(() => wake(4), 1);
  assert.deepEqual(await child.hear(), { value: 41 });
  clearInterval(waking);
  assert.equal(words[6], 42);
});

test('memory: pages that are punched out read as zero and cost nothing; the size is fixed for good', () => {
  const fd = native.memory.createAnonymous('test', 2 ** 24);
  const mapping = native.memory.map(fd, 2 ** 24);
  const bytes = new Uint8Array(native.memory.view(mapping.address, 2 ** 24));
  bytes.fill(1);
  assert.equal(fstatSync(fd).blocks * 512, 2 ** 24);
  native.memory.punchHole(fd, 2 ** 20, 2 ** 20);
  assert.equal(fstatSync(fd).blocks * 512, 2 ** 24 - 2 ** 20);
  assert.equal(bytes[2 ** 20], 0);
  assert.equal(bytes[2 ** 20 - 1], 1);
  assert.throws(() => writeSync(fd, Buffer.alloc(1), 0, 1, 2 ** 24), 'it must not grow');
  native.memory.detach(mapping);
  assert.equal(bytes[0], 0);
  native.memory.unmap(mapping);
  closeSync(fd);
});

test('memory: what is sealed can be read by whoever has the descriptor, and changed by nobody', () => {
  const fd = native.memory.createSealed('test', Buffer.from('sealed'));
  assert.equal(fstatSync(fd).size, 6);
  const bytes = Buffer.alloc(6);
  assert.equal(readSync(fd, bytes, 0, 6, 0), 6);
  assert.equal(bytes.toString(), 'sealed');
  assert.throws(() => writeSync(fd, 'S', 0), { code: 'EPERM' });
  assert.throws(() => ftruncateSync(fd, 0), { code: 'EPERM' });
  closeSync(fd);
});

test('futex: a wait ends in time, and at once if the word is not what was expected', () => {
  const fd = native.memory.createAnonymous('test', 4096);
  const mapping = native.memory.map(fd, 4096);
  const start = performance.now();
  // The kernel may end a wait early, after a signal.
  let waits = 0;
  for (let left = 20; left > 0.5; left = 20 - (performance.now() - start)) {
    native.futex.wait(mapping.address, 0, left, -1);
    waits += 1;
  }
  assert.ok(waits <= 5, String(waits));
  native.futex.wait(mapping.address, 1, 60_000, -1);
  assert.ok(performance.now() - start < 30_000);
});

test('a process that cannot be looked at, for want of descriptors, does not count as dead', () => {
  const script = `
    const { readTaskStatus } = await import(${JSON.stringify(import.meta.resolve('#dist/os/native/task-status.js'))});
    const { openSync } = await import('node:fs');
    try { for (;;) openSync('/dev/null'); } catch {}
    process.exitCode = readTaskStatus(process.ppid)?.isDead === false ? 0 : 1;`;
  const run = spawnSync('sh', ['-c', 'ulimit -n 100; exec "$0" --input-type=module -e "$1"', process.execPath, script]);
  assert.equal(run.status, 0, String(run.stderr));
});

test('errors carry the name of the errno and the system call', () => {
  assert.throws(() => native.memory.map(999, 4096), { name: 'SystemError', code: 'EBADF', syscall: 'mmap' });
  assert.throws(() => native.memory.createAnonymous('test', -1), { code: 'EINVAL', syscall: 'ftruncate' });
});

test('bells: ring those who listen, and tell where nobody does; they leave no name', async () => {
  const name = `test-${process.pid}`;
  assert.equal(native.bells.ring(name), false);
  const fd = native.memory.createAnonymous('test', 4096);
  const child = new TestChild(program, { part: 'listen', name }, fd);
  assert.equal(await child.hear(), 'open');
  assert.equal(native.bells.ring(name), true);
  assert.equal(await child.hear(), 'rung');
  // Nobody reads while it is stopped: ringing must neither block nor fail.
  child.process.kill('SIGSTOP');
  for (let n = 0; n < 1000; n += 1) assert.equal(native.bells.ring(name), true);
  child.process.kill('SIGCONT');
  assert.equal(await child.hear(), 'rung');
  await child.kill();
  assert.equal(native.bells.ring(name), false);
});

test('bells: a promise that a ring resolves goes on at once, not with the next timer', async () => {
  const fd = native.memory.createAnonymous('test', 4096);
  const child = new TestChild(program, { part: 'promise', name: `test-${process.pid}-promise` }, fd);
  assert.deepEqual(await child.hear(), { isTimerDue: false });
  closeSync(fd);
});

test('deaths: a zombie counts, so does one that is long gone; watching leaves no descriptor', async () => {
  const before = readdirSync('/proc/self/fd').length;
  const child = spawn('sleep', ['100'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const died = new Promise<void>((resolve) => native.deaths.watch(child.pid ?? 0, resolve));
  const alive = readTaskStatus(child.pid ?? 0);
  assert.equal(alive?.isDead, false);
  child.kill('SIGKILL');
  await Promise.all([died, once(child, 'exit')]);
  await new Promise<void>((resolve) => native.deaths.watch(child.pid ?? 0, resolve));
  assert.equal(readTaskStatus(child.pid ?? 0), undefined);
  native.deaths.watch(process.pid, () => assert.fail())[Symbol.dispose]();
  assert.ok(readdirSync('/proc/self/fd').length <= before);
});
