import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Program } from '../process/program.js';
import { LIMIT, makeFolder, waitForLines } from './support.js';

const path = fileURLToPath(new URL('../fixtures/pool/program.js', import.meta.url));
for (const [way, stdout, what] of [
  ['forget', '3\n', 'forgets its pool'],
  ['nothing', '', 'forgets a pool that is still starting'],
  ['unsettled', 'late\n', 'waits for nothing but callbacks'],
  ['retry', '2\n', 'waits for nothing but a retry'],
  ['close', 'joined\n', 'closes its pool'],
  ['imap', 'a\nb\n', 'does not read an iteration to its end'],
  ['run', '3\n', 'uses run() only'],
  ['beforeExit', '6\n', 'uses its pool again before it exits'],
  ['beforeExitFirst', '6\n', 'uses its pool again at the very moment of its end'],
  [
    'badSignal',
    'Cannot use signal: it is no AbortSignal; pass that of an AbortController\n'.repeat(2),
    'passes a signal that is none',
  ],
  ['niceness', 'WorkerStartError SpawnError\n', 'asks for a niceness that it is not allowed'],
] as const) {
  test(`A program that ${what} ends by itself, with 0 and nothing left`, async (t) => {
    const program = new Program(t, [path, way]);
    const end = await program.ended;
    assert.deepEqual([end.status, end.signal, end.stdout, end.stderr], [0, null, stdout, '']);
    assert.ok(end.elapsed < LIMIT, `${end.elapsed} ms`);
    assert.deepEqual(await program.survivors(), []);
  });
}

test('A program whose stderr nobody reads any more goes on when its tasks write there', async (t) => {
  const program = new Program(t, [path, 'unreadStderr']);
  await program.waitFor(/ready/);
  program.child.stderr?.destroy();
  program.tell('go on');
  const { status, signal } = await program.exited;
  assert.deepEqual([status, signal], [0, null]);
  await program.waitFor(/done/);
});

test('Grandchildren of a busy pool do not survive its program, also those that left their group', async (t) => {
  const pids = join(makeFolder(t), 'pids');
  const program = new Program(t, [path, 'busy', pids]);
  await waitForLines(pids, 2);
  program.child.kill('SIGKILL');
  await program.ended;
  assert.deepEqual(await program.survivors(), []);
});

test('A pool that is collected while it is open is ended, with one warning', async (t) => {
  const program = new Program(t, [path, 'drop'], { nodeArgs: ['--expose-gc'] });
  const { status, stdout, stderr } = await program.ended;
  assert.deepEqual([status, stdout], [0, '3\nBROOD_POOL_NOT_CLOSED\n']);
  assert.equal(stderr.match(/BROOD_POOL_NOT_CLOSED/g)?.length, 1);
  assert.deepEqual(await program.survivors(), []);
});
