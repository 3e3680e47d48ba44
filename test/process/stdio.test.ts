import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Process } from 'brood';
import { nothing, readStdin, writeMuch } from '../fixtures/process/targets.js';
import { start } from './child.js';
import { fixture, isRunning, Program, runProgram, tryKill } from './program.js';

const MUCH = 3_000_000;

test("With stdio 'pipe' the three streams lead to the child", async (t) => {
  const { child, hear } = start(t, { target: readStdin });
  child.stdin?.write('first, ');
  child.stdin?.end('second');
  assert.equal(await hear(), 'first, second');
  assert.equal(await child.join(), true);
});

test("With stdio 'pipe' all that a child writes arrives, however soon it ends", async (t) => {
  const { child } = { child: new Process({ target: writeMuch, args: [MUCH], stdio: 'pipe' }) };
  child.start();
  t.after(() => child.close());
  const [stdout, stderr] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  assert.deepEqual([stdout.length, stderr.length], [MUCH, MUCH]);
  await child.join();
});

test("With stdio 'pipe' what was written can be read after join() too", async () => {
  const child = new Process({ target: writeMuch, args: [1000], stdio: 'pipe' });
  child.start();
  await child.join();
  assert.equal((await text(child.stdout as NodeJS.ReadableStream)).length, 1000);
  assert.equal((await text(child.stderr as NodeJS.ReadableStream)).length, 1000);
});

test("By default, and with 'ignore', the streams are null", async () => {
  for (const options of [{ target: nothing }, { target: nothing, stdio: 'ignore' as const }]) {
    const child = new Process(options);
    child.start();
    assert.deepEqual([child.stdin, child.stdout, child.stderr], [null, null, null]);
    await child.join();
  }
});

test('By default stdout and stderr are those of the parent, whole, and stdin is /dev/null', async (t) => {
  const { status, stdout, stderr } = await runProgram(t, [fixture('stdio.mjs'), 'inherit', String(MUCH)], {
    input: 'not for the child',
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.replaceAll('o', ''), '""\n');
  assert.equal(stdout.length, MUCH + 3);
  assert.equal(stderr, 'e'.repeat(MUCH));
});

test("With stdio 'pipe' a descendant that got away with the other end does not keep the program", async (t) => {
  const program = new Program(t, [fixture('stray.mjs')]);
  await program.waitFor(/stray (\d+)/);
  const stray = Number(/stray (\d+)/.exec(program.stdout)?.[1]);
  t.after(() => tryKill(stray, 'SIGKILL'));
  const { status } = await program.exited;
  assert.equal(status, 0);
  assert.ok(isRunning(stray), 'the program waited for it');
});

test("With stdio 'ignore' nothing is seen, not even an error", async (t) => {
  const { status, stdout, stderr } = await runProgram(t, [fixture('stdio.mjs'), 'ignore', '10']);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test("With stdio 'ignore' stdin is /dev/null", async () => {
  const child = new Process({ target: readStdin, stdio: 'ignore' });
  child.start();
  await child.join();
  assert.equal(child.exitCode, 0);
});
