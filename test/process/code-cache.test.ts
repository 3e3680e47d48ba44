import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixture, runProgram } from './program.js';

/** What V8 was given of the library, by each process of a program that it accepted it from: it says how long that took. */
async function runCase(
  t: TestContext,
  name: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ accepted: number; lines: string[] }> {
  const end = await runProgram(t, [fixture('code-cache.mjs'), name], { nodeArgs: ['--profile-deserialization'], env });
  assert.equal(end.status, 0, end.stderr);
  const lines = end.stdout.trim().split('\n');
  return {
    accepted: lines.filter((line) => /^\[Deserializing from \d{6,} bytes/.test(line)).length,
    lines: lines.filter((line) => line.startsWith('{')),
  };
}

test('A child does not compile the library again', async (t) => {
  assert.deepEqual(await runCase(t, 'nothing'), { accepted: 1, lines: ['{"nothing":0}'] });
});

test('Nor does a worker, nor a child of a child', async (t) => {
  assert.equal((await runCase(t, 'pool')).accepted, 1);
  assert.deepEqual(await runCase(t, 'parent'), { accepted: 2, lines: ['{"nothing":0}', '{"parent":0}'] });
});

test('A child that closes descriptors it does not know, or reuses them, starts children all the same', async (t) => {
  assert.deepEqual((await runCase(t, 'closing')).lines, ['{"nothing":0}', '{"closing":0}']);
  assert.deepEqual((await runCase(t, 'replacing')).lines, ['{"nothing":0}', '{"replacing":0}']);
});

test('Without shared memory a child compiles the library itself', async (t) => {
  assert.deepEqual(await runCase(t, 'nothing', { BROOD_NATIVE: 'off' }), { accepted: 0, lines: ['{"nothing":0}'] });
});
