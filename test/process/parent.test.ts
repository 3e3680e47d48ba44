import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { firstInTime } from '../support/in-time.js';
import { fixture, Program, tryKill } from './program.js';

/** A program whose child tells a file what it sees of its parent; `end` ends that. The child has half a second then. */
async function attempt(t: TestContext, end: (program: Program) => void): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'brood-parent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log');
  const program = new Program(t, [fixture('orphan.mjs'), path]);
  await program.waitFor(/up/);
  const before = readFileSync(path, 'utf8');
  assert.equal(before, `MainProcess ${program.pid} true false\n`);
  const changed = new Promise((resolve) => {
    const watcher = watch(path, resolve);
    t.after(() => watcher.close());
  });
  end(program);
  await program.ended;
  await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1000))]);
  assert.deepEqual(await program.survivors(), []);
  return readFileSync(path, 'utf8').split('\n').slice(1, -1);
}

const orphan = (t: TestContext, end: (program: Program) => void): Promise<string[]> =>
  firstInTime(
    () => attempt(t, end),
    (seen) => seen.length > 0,
  );

test('parentProcess() sees its parent die by SIGTERM: join() resolves, isAlive() is false', async (t) => {
  assert.deepEqual(await orphan(t, ({ pid }) => tryKill(pid, 'SIGTERM')), ['gone false true']);
});

test('parentProcess() sees its parent die by SIGKILL', async (t) => {
  assert.deepEqual(await orphan(t, ({ pid }) => tryKill(pid, 'SIGKILL')), ['gone false true']);
});
