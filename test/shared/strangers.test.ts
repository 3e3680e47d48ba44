import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Lock, WorkerLostError } from 'brood';
import { createDeferred } from '#dist/util/deferred.js';
import { forkInside } from '../fixtures/shared/forks.js';
import { isGone, openPool, rejection, until } from '../pool/support.js';

interface Report {
  readonly isLocked: boolean;
  readonly value: number;
  readonly isOther: boolean;
  readonly pid: number;
}

const expected = { isLocked: true, value: 2, isOther: true };

test('a program that a task forks, with every descriptor of its own, has memory of its own, and does not keep a lock', async (t) => {
  const pool = openPool(t, 1);
  const lock = new Lock();
  const heard = createDeferred<Report>();
  const hung = rejection(pool.apply(forkInside, [lock], { onProgress: (value) => heard.resolve(value as Report) }));
  const { pid, ...report } = await heard.promise;
  assert.deepEqual(report, expected);
  assert.equal(lock.tryAcquire(), false);
  const waiting = lock.acquire(20_000);
  process.kill(pool.workerPids[0] as number, 'SIGKILL');
  assert.equal(await waiting, true);
  assert.equal(lock.ownerDied, true);
  lock.release();
  assert.ok((await hung) instanceof WorkerLostError);
  await until(() => isGone(pid), 10_000);
});

test('a thread that Node started uses the library like a program of its own, beside this one', async () => {
  const lock = new Lock();
  lock.acquireSync();
  for (let n = 0; n < 3; n += 1) {
    const thread = new Worker(new URL('../fixtures/shared/stranger-main.js', import.meta.url));
    const [{ pid, ...report }] = (await once(thread, 'message')) as [Report];
    assert.deepEqual(report, expected);
    assert.equal(pid, process.pid);
    assert.ok(lock.locked());
    await thread.terminate();
  }
  assert.equal(lock.ownerDied, false);
  lock.release();
});
