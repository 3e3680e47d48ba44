import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoundedSemaphore, Semaphore } from '#dist/synchronize/semaphore.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./primitives.child.js', import.meta.url).href;

test('Semaphore: counts, refuses what makes no sense, and wakes as many as there are units', async () => {
  const semaphore = new Semaphore(2);
  assert.equal(semaphore.getValue(), 2);
  assert.equal(await semaphore.acquire(), true);
  assert.equal(semaphore.acquireSync(), true);
  assert.equal(semaphore.locked(), true);
  assert.equal(semaphore.tryAcquire(), false);
  const waits = [semaphore.acquire(), semaphore.acquire(), semaphore.acquire()];
  semaphore.release(3);
  assert.deepEqual(await Promise.all(waits), [true, true, true]);
  assert.equal(await semaphore.acquire(5), false);
  assert.throws(() => new Semaphore(-1), RangeError);
  assert.throws(() => semaphore.release(0), RangeError);
  assert.equal(new Semaphore().getValue(), 1);
});

test('BoundedSemaphore: releasing above the initial value is a StateError', () => {
  const semaphore = new BoundedSemaphore(1);
  assert.throws(() => semaphore.release(), { name: 'StateError' });
  assert.equal(semaphore.acquireSync(), true);
  semaphore.release();
  assert.equal(semaphore.getValue(), 1);
});

test('Semaphore: what a killed process held comes back, once, with ownerDied', async () => {
  const semaphore = new Semaphore(3);
  const child = startPart(program, 'takeUnits', { semaphore, units: 2 });
  await child.hear();
  assert.equal(semaphore.getValue(), 1);
  assert.equal(semaphore.acquireSync(), true);
  assert.equal(semaphore.ownerDied, false);
  child.process.kill('SIGKILL');
  const start = performance.now();
  assert.equal(semaphore.acquireSync(), true);
  if (isLong) assert.ok(performance.now() - start < 200);
  assert.equal(semaphore.ownerDied, true);
  assert.equal(semaphore.getValue(), 1);
  semaphore.release(2);
  assert.equal(semaphore.ownerDied, false);
  assert.equal(semaphore.getValue(), 3);
});

test('Semaphore: where others release for a consumer, its death gives back no more than it owes', async () => {
  const semaphore = new Semaphore(0);
  const child = startPart(program, 'takeUnits', { semaphore, units: 10 });
  for (let n = 0; n < 10; n += 1) semaphore.release();
  await child.hear();
  await child.kill();
  assert.ok(semaphore.getValue() <= 10);
});

test('Semaphore: its count is exact after processes were killed at random instants inside its calls', async () => {
  const random = createRandom(seed);
  const semaphore = new Semaphore(2);
  const start = (): ReturnType<typeof startPart> =>
    startPart(program, 'churnSemaphore', { semaphore, seed: Math.floor(random() * 1e9) });
  const children = [start(), start(), start(), start()];
  await Promise.all(children.map((child) => child.hear()));
  const kills = scaled(30);
  for (let n = 0; n < kills; n += 1) {
    await sleep(5 + random() * 30);
    const index = Math.floor(random() * children.length);
    await children[index]?.kill();
    children[index] = start();
    await children[index]?.hear();
  }
  await Promise.all(children.map((child) => child.kill()));
  assert.equal(semaphore.getValue(), 2);
});
