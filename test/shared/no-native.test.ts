import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../process/program.js';

test('without the native layer processes and pools work, and shared objects say why they do not', async (t) => {
  const program = fileURLToPath(new URL('../fixtures/shared/no-native.js', import.meta.url));
  const { status, stdout, stderr } = await runProgram(t, [program], { env: { BROOD_NATIVE: 'off' } });
  assert.equal(status, 0, stderr);
  const none = Array.from({ length: 4 }, () => 'ERR_NO_NATIVE');
  assert.deepEqual(JSON.parse(stdout), {
    exitCode: 0,
    mapped: [2, 4, 6],
    bytes: 6,
    run: 8,
    codes: none,
    codesInChild: none,
  });
});
