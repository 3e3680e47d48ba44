import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lock, Pool, type Value, WorkerLostError } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { processTable } from '#dist/os/process-table.js';
import { createDeferred } from '#dist/util/deferred.js';
import { nap } from '#dist/util/nap.js';
import { collect } from '../fixtures/shared/collect.js';
import * as replies from '../fixtures/workers/replies.js';
import { rejection } from '../pool/support.js';
import { cellsInUse } from '../support/arena.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const random = createRandom(seed);
const arena = currentArena('the test');
const kill = (pid: number): boolean => process.kill(pid, 'SIGKILL');

/** What is in use when all is read, and nobody refers to it. */
async function cellsLeft(): Promise<number> {
  await collect();
  arena.reap();
  await collect();
  return cellsInUse(arena);
}

/** Every cell that `act` brought into use is free again soon after. */
async function leavesNothing(act: () => Promise<void>): Promise<void> {
  await act(); // Spares, segments, what is made once.
  const before = await cellsLeft();
  await act();
  let left = await cellsLeft();
  for (let looks = 0; left > before && looks < 100; looks += 1) {
    await sleep(20);
    left = await cellsLeft();
  }
  assert.ok(left <= before, `${left - before} cells are left`);
}

function check({ bytes, objects, again }: replies.Shared): void {
  assert.ok(bytes.every((byte) => byte === 7));
  assert.equal(again.buffer, bytes.buffer);
  assert.equal((objects.get('lock') as Lock).tryAcquire(), true);
  assert.equal((objects.get('value') as Value<'i32'>).value, 3);
}

/** In a pool of one worker of its own, which is killed or not. */
async function inPool(act: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = new Pool(1);
  await act(pool);
  pool.terminate();
  await pool.join();
}

test('results, progress and errors with shared objects in them: nothing is left of what was read and dropped', async () => {
  await leavesNothing(() =>
    inPool(async (pool) => {
      for (let n = 0; n < 200; n += 1) check(await pool.apply(replies.makeShared, [n % 10 === 0 ? 100_000 : 100]));
      for (const result of await pool.map(replies.makeShared, new Array(100).fill(50))) check(result);
      check((await rejection(pool.apply(replies.throwShared))) as unknown as replies.Shared);
    }),
  );
});

test('a worker killed at any step of answering with shared objects: the whole result or a loss, and nothing is left', async () => {
  let total = 0;
  await inPool(async (pool) => {
    await pool.apply(replies.makeAndDieAt, [-1]);
    total = await pool.apply(replies.stepsTaken);
  });
  const kills = scaled(10);
  console.log(`${kills} of ${2 * total} places to be killed at`);
  const outcomes = { whole: 0, lost: 0 };
  await leavesNothing(async () => {
    for (let n = 0; n < kills; n += 1) {
      await inPool(async (pool) => {
        const killAt = 1 + Math.floor(random() * 2 * total);
        try {
          check(await pool.apply(replies.makeAndDieAt, [killAt, n % 2 === 0 ? 100 : 100_000]));
          outcomes.whole += 1;
        } catch (error) {
          assert.ok(error instanceof WorkerLostError, `${error}`);
          outcomes.lost += 1;
        }
      });
    }
  });
  assert.ok(outcomes.lost > 0);
});

test('a worker killed at any step of reporting shared objects: nothing is left', async () => {
  const kills = scaled(4);
  await leavesNothing(async () => {
    for (let n = 0; n < kills; n += 1) {
      await inPool(async (pool) => {
        const killAt = 1 + Math.floor(random() * 600);
        const onProgress = (value: unknown): void => check(value as replies.Shared);
        await rejection(pool.apply(replies.reportAndDieAt, [killAt], { onProgress }));
      });
    }
  });
});

test('a worker that is gone by the time its answer is read: the shared objects in it are whole', async () => {
  await leavesNothing(async () => {
    for (let n = 0; n < 5; n += 1) {
      await inPool(async (pool) => {
        await pool.apply(replies.makeShared);
        const [pid = 0] = pool.workerPids;
        const result = pool.apply(replies.makeShared);
        await new Promise(setImmediate); // It is sent; the worker answers while this thread is blocked.
        nap(30);
        while (processTable.isRunnable(pid)) nap(5); // It may have to wait for a core.
        kill(pid);
        nap(30);
        check(await result);
      });
    }
  });
});

test('a pool that is terminated with answers unread, and refused initializers: nothing is left of their shared objects', async () => {
  await leavesNothing(async () => {
    for (let n = 0; n < 5; n += 1) {
      await inPool(async (pool) => {
        await pool.apply(replies.makeShared);
        const results = [pool.apply(replies.makeShared), pool.apply(replies.makeShared, [100_000])];
        const outcomes = Promise.allSettled(results);
        await new Promise(setImmediate);
        nap(30);
        pool.terminate();
        await outcomes;
      });
    }
    const pool = new Pool({ processes: 1, initializer: replies.failWithShared });
    await rejection(pool.apply(replies.makeShared));
    pool.terminate();
    await pool.join();
  });
});

test('the reader of answers is killed, or their writer, or both, in a tree: nothing is left of their shared objects', async () => {
  const kills = scaled(4);
  await leavesNothing(async () => {
    for (let n = 0; n < kills; n += 1) {
      await inPool(async (pool) => {
        const heard = createDeferred<number[]>();
        const result = rejection(
          pool.apply(replies.readForEver, [], { onProgress: (pids) => heard.resolve(pids as number[]) }),
        );
        const [reader = 0, writer = 0] = await heard.promise;
        await sleep(random() * 5);
        if (random() < 0.5) kill(writer);
        if (random() < 0.5) await sleep(random() * 2);
        kill(reader);
        assert.ok((await result) instanceof WorkerLostError);
      });
    }
  });
});
