import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('Without shared memory pipe() says why, and Listener and connect() work', () => {
  const program = fileURLToPath(new URL('../fixtures/connection/no-native.mjs', import.meta.url));
  const env = { ...process.env, BROOD_NATIVE: 'off' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', env, timeout: 60_000 });
  const refusal =
    'Cannot send value[0]: a connection over a socket stays in its process because BROOD_NATIVE=off is set; connect() there';
  assert.deepEqual([status, stderr, stdout], [0, '', `ERR_NO_NATIVE\nacross\n${refusal}\n[ true ]\n`]);
});
