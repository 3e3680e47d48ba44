import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BoundedSemaphore,
  CancelledError,
  Event,
  Lock,
  type Pool,
  Process,
  RLock,
  Semaphore,
  share,
  Value,
  WorkerLostError,
} from 'brood';
import { collect } from '../fixtures/shared/collect.js';
import * as crashes from '../fixtures/shared/crashes.js';
import { openPool, rejection, until, warmUp } from '../pool/support.js';

const kinds = {
  Lock: () => new Lock(),
  RLock: () => new RLock(),
  Semaphore: () => new Semaphore(1),
  BoundedSemaphore: () => new BoundedSemaphore(1),
};

/** What a task reports first. */
function hearing(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise<unknown>((it) => {
    resolve = it;
  });
  return { promise, resolve };
}

const kill = (pid: unknown): boolean => process.kill(pid as number, 'SIGKILL');

for (const [kind, create] of Object.entries(kinds)) {
  test(`${kind}: killed tasks and processes give back what they held, and the next is told`, async (t) => {
    const pool = openPool(t);
    const lock = create();
    const { promise: holder, resolve } = hearing();
    const hung = pool.apply(crashes.grabAndHang, [lock], { onProgress: resolve });
    const pid = await holder;
    const next = pool.apply(crashes.takeAndTell, [lock]);
    kill(pid);
    assert.ok((await rejection(hung)) instanceof WorkerLostError);
    assert.deepEqual(await next, [true, true]);
    assert.deepEqual(await pool.apply(crashes.takeAndTell, [lock]), [true, false]);

    const isHeld = new Event();
    const child = new Process({ target: crashes.grabAndTell, args: [lock, isHeld] });
    child.start();
    await isHeld.wait();
    const mine = lock.acquire();
    child.kill();
    assert.equal(await mine, true);
    assert.equal(lock.ownerDied, true);
    lock.release();
    await child.join();
  });
}

test('a lock held by a task that is killed for its time is given back', async (t) => {
  const pool = openPool(t);
  const lock = new Lock();
  const error = await rejection(pool.apply(crashes.grabAndHang, [lock], { timeout: 2000, grace: 0 }));
  assert.equal(error.name, 'TaskTimeoutError');
  assert.deepEqual(await pool.apply(crashes.takeAndTell, [lock]), [true, true]);
});

test('a retry after a crash gets the same shared objects, though nobody else keeps them', async (t) => {
  const pool = openPool(t, 1);
  const { promise, resolve } = hearing();
  const result = pool.apply(crashes.crashFirst, [share(new Uint8Array([7])), new Value('i32')], {
    retries: { crashes: 1 },
    onProgress: resolve,
  });
  const pid = await promise;
  await collect();
  kill(pid);
  assert.deepEqual(await result, [2, 2, 7]);
});

test('items of a chunk come again after a crash, with theirs', async (t) => {
  const pool = openPool(t, 1);
  const items = (): Array<[Uint8Array, Value<'i32'>]> =>
    [1, 2, 3].map((n) => [share(new Uint8Array([n])), new Value('i32')]);
  assert.deepEqual(await pool.map(crashes.crashItem, items(), { chunkSize: 3, retries: { crashes: 1 } }), [1, 2, 3]);
});

/** Stopped, so that what it is sent stays unread. */
async function sendUnread(pool: Pool): Promise<number> {
  await warmUp(pool);
  const [pid = 0] = pool.workerPids;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

test('a worker killed before it began: the next gets the same shared objects', async (t) => {
  const pool = openPool(t, 1);
  const pid = await sendUnread(pool);
  const result = pool.apply(crashes.crashFirst, [share(new Uint8Array([7])), new Value('i32', 1)]);
  await until(() => pool.statistics().workers[0]?.state === 'busy');
  await collect();
  kill(pid);
  assert.deepEqual(await result, [1, 2, 7]);
});

test('a queued task with shared arguments is cancelled; so is one that its worker has not read', async (t) => {
  const pool = openPool(t, 1);
  const gate = new Event();
  const blocking = pool.apply(crashes.waitFor, [gate]);
  const controller = new AbortController();
  const runs = new Value('i32', 1);
  const queued = pool.apply(crashes.crashFirst, [share(new Uint8Array([7])), runs], { signal: controller.signal });
  controller.abort('enough');
  assert.equal(await rejection<unknown>(queued), 'enough');
  gate.set();
  await blocking;
  const pid = await sendUnread(pool);
  const unread = pool.applyAsync(crashes.crashFirst, [share(new Uint8Array([7])), new Value('i32', 1)]);
  await until(() => pool.statistics().workers[0]?.state === 'busy');
  unread.cancel();
  assert.ok((await rejection(unread.get())) instanceof CancelledError);
  await collect();
  process.kill(pid, 'SIGCONT');
  assert.deepEqual(await pool.apply(crashes.crashFirst, [share(new Uint8Array([8])), runs]), [1, 2, 8]);
});
