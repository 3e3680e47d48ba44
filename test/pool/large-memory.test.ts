import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentArena } from '#dist/memory/current-arena.js';
import * as buffers from '../fixtures/pool/buffers.js';
import { residentBytes } from '../support/arena.js';
import { scaled } from '../support/seed.js';
import { openPool, until, warmUp } from './support.js';

const MIB = 2 ** 20;
const arena = currentArena('the test');

test('64 MiB again and again take no more memory than a few times', async (t) => {
  const pool = openPool(t, 1);
  const bytes = new Uint8Array(64 * MIB);
  let [inArena, inWorker, here] = [0, 0, 0];
  const rounds = scaled(30);
  for (let n = 0; n < rounds; n += 1) {
    bytes[0] = n % 256;
    bytes[bytes.length - 1] = (n + 1) % 256;
    assert.deepEqual(await pool.apply(buffers.edges, [bytes]), [n % 256, (n + 1) % 256, 64 * MIB]);
    inArena = Math.max(inArena, residentBytes(arena));
    inWorker = Math.max(inWorker, await pool.apply(buffers.residentNow));
    here = Math.max(here, process.memoryUsage.rss());
  }
  console.log(`MiB: ${[inArena, inWorker, here].map((it) => Math.round(it / MIB)).join(', ')}`);
  assert.ok(inArena < 200 * MIB, `${inArena} bytes of the arena`);
  assert.ok(inWorker < 900 * MIB, `${inWorker} bytes of the worker`);
  assert.ok(here < 900 * MIB, `${here} bytes here`);
  // When nobody has asked for it for a while the system has it back, on both sides.
  await until(() => residentBytes(arena) < 20 * MIB, 20_000);
  await pool.apply(buffers.collectHere);
  let rest = Number.POSITIVE_INFINITY;
  const end = performance.now() + 20_000;
  while (rest > 200 * MIB) {
    assert.ok(performance.now() < end, `the worker keeps ${rest} bytes`);
    await sleep(300);
    rest = await pool.apply(buffers.residentNow);
  }
});

test('what workers read of the arena does not count against their memory limit', async (t) => {
  const pool = openPool(t, { processes: 1, memoryLimit: 400 * MIB });
  await warmUp(pool);
  const pids = [...pool.workerPids];
  const all = Array.from({ length: 10 }, (_, n) =>
    pool.apply(buffers.residentAfter, [new Uint8Array(24 * MIB).fill(n)]),
  );
  for (const resident of await Promise.all(all)) assert.ok(resident < 400 * MIB);
  assert.deepEqual([...pool.workerPids], pids);
});
