import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { arenaForThreads } from '#dist/memory/current-arena.js';
import { Event } from '#dist/synchronize/event.js';
import { RLock } from '#dist/synchronize/rlock.js';
import { encode } from '../support/shared.js';

test('a thread that is terminated while it holds a lock, and is being rung, loses it to the others', async () => {
  const event = new Event();
  for (let round = 0; round < 5; round += 1) {
    const lock = new RLock();
    const workerData = { arena: arenaForThreads(), input: encode({ lock, event }) };
    const thread = new Worker(new URL('./threads.child.js', import.meta.url), { workerData });
    assert.deepEqual(await once(thread, 'message'), ['held']);
    assert.equal(lock.tryAcquire(), false);
    const waiting = lock.acquire(20_000);
    const ringing = setInterval(() => {
      for (let n = 0; n < 50; n += 1) {
        event.set();
        event.clear();
      }
    }, 0);
    await thread.terminate();
    clearInterval(ringing);
    assert.equal(await waiting, true);
    assert.equal(lock.ownerDied, true);
    lock.release();
  }
});
