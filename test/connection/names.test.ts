import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, Listener } from 'brood/connection';

test('A path of the user is removed also when its process is killed in the moment in which it comes to be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const path = join(folder, 'socket');
  const program = fileURLToPath(new URL('../fixtures/connection/killed-listening.mjs', import.meta.url));
  const { stdout, signal } = spawnSync(process.execPath, [program, path], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual([stdout, signal], ['true', 'SIGKILL']);
  while (existsSync(path)) await sleep(10);
  rmdirSync(folder);
});

test('A path at which somebody listens is refused, and stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const address = join(folder, 'socket');
  const listener = await Listener.listen({ address });
  await assert.rejects(Listener.listen({ address }), { code: 'EADDRINUSE' });
  const [near, far] = await Promise.all([connect(address), listener.accept()]);
  for (const it of [near, far, listener]) it.close();
  rmdirSync(folder);
});
