import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentArena } from '#dist/memory/current-arena.js';
import { Barrier } from '#dist/synchronize/barrier.js';
import { Condition } from '#dist/synchronize/condition.js';
import { Event } from '#dist/synchronize/event.js';
import { Lock } from '#dist/synchronize/lock.js';
import { RLock } from '#dist/synchronize/rlock.js';
import { Semaphore } from '#dist/synchronize/semaphore.js';
import type { Message } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./steps.child.js', import.meta.url).href;

/** Nothing may take longer, in milliseconds. */
const SOON = isLong ? 300 : 20_000;

/** What must work for those who are left, whatever step the other was killed at. */
const checks: Record<string, { create: () => Message; check: (object: Message) => Promise<void> }> = {
  lock: {
    create: () => new Lock(),
    async check(lock) {
      assert.equal(await lock.acquire(SOON), true);
      lock.release();
    },
  },
  rlock: {
    create: () => new RLock(),
    async check(lock) {
      assert.equal(lock.acquireSync(SOON), true);
      lock.release();
      assert.equal(lock.locked(), false);
    },
  },
  semaphore: {
    create: () => new Semaphore(3),
    check: async (semaphore) => assert.equal(semaphore.getValue(), 3),
  },
  condition: {
    create: () => new Condition(),
    async check(condition) {
      assert.equal(await condition.acquire(SOON), true);
      const wait = condition.wait(SOON);
      assert.equal(condition.acquireSync(SOON), true);
      condition.notify();
      condition.release();
      assert.equal(await wait, true);
      condition.release();
    },
  },
  event: {
    create: () => new Event(),
    async check(event) {
      event.clear();
      const wait = event.wait(SOON);
      event.set();
      assert.equal(await wait, true);
    },
  },
  barrier: {
    create: () => new Barrier(2),
    async check(barrier) {
      barrier.reset();
      assert.deepEqual((await Promise.all([barrier.wait(SOON), barrier.wait(SOON)])).sort(), [0, 1]);
    },
  },
};

for (const [kind, { create, check }] of Object.entries(checks)) {
  test(`${kind}: killed at any step of any call, it serves the others as before`, async () => {
    const random = createRandom(seed);
    const object = create();
    const whole = startPart(program, 'tour', { kind, object, killAt: -1 });
    const steps = await whole.hear();
    await whole.ended;
    await check(object);
    const kills = scaled(20);
    console.log(`${kind}: ${kills} of ${steps * 2} places to be killed at`);
    for (let n = 0; n < kills; n += 4) {
      const children = Array.from({ length: 4 }, () =>
        startPart(program, 'tour', { kind, object, killAt: 1 + Math.floor(random() * steps * 2) }),
      );
      await Promise.all(children.map((child) => child.ended));
      await check(object);
    }
    currentArena('the test').reap();
  });
}
