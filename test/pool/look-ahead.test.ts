import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool } from './support.js';

const MIB = 2 ** 20;

test('Pool.map() of large items has few of them in memory, however little time each takes', async (t) => {
  const pool = openPool(t, 2);
  let read = 0;
  let most = 0;
  function* blocks(): Generator<Uint8Array> {
    for (; read < 200; read += 1) {
      most = Math.max(most, read - pool.statistics().tasks.done);
      yield new Uint8Array(2 * MIB);
    }
  }
  assert.deepEqual(await pool.map(tasks.sizeOf, blocks()), Array(200).fill(2 * MIB));
  // Two chunks for each of two workers, and what has been answered and not been told yet.
  assert.ok(most <= 12, `${most} items were read ahead`);
});

test('Pool.imap() with chunks of its own size reads fewer items ahead where results are large', async (t) => {
  const pool = openPool(t, 2);
  let read = 0;
  function* sizes(): Generator<number> {
    for (; ; read += 1) yield 8 * MIB;
  }
  const results = pool.imap(tasks.bytes, sizes(), { chunkSize: 'auto' });
  for (let taken = 1; taken <= 5; taken += 1) {
    assert.equal((await results.next()).value?.length, 8 * MIB);
    await sleep(300); // Long enough to read all that it will.
    assert.ok(read <= taken + 8, `${read} items were read, ${taken} results taken`);
  }
  await results.return?.();
});
