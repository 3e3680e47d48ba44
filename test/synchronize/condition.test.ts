import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Condition } from '#dist/synchronize/condition.js';
import { Lock } from '#dist/synchronize/lock.js';
import type { Message } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./primitives.child.js', import.meta.url).href;

test('Condition: wait and notify need the lock, time runs out, and the lock comes back as deep as it was', async () => {
  const condition = new Condition();
  await assert.rejects(condition.wait(), { name: 'StateError' });
  assert.throws(() => condition.notify(), { name: 'StateError' });
  await condition.acquire();
  await condition.acquire();
  assert.equal(await condition.wait(5), false);
  assert.equal(condition.waitSync(5), false);
  condition.release();
  condition.release();
  assert.throws(() => condition.release(), { name: 'StateError' });
});

test('Condition: an abort of a notified wait passes the notification on', async () => {
  const condition = new Condition(new Lock());
  const controller = new AbortController();
  await condition.acquire();
  const first = condition.wait({ signal: controller.signal });
  await condition.acquire();
  const second = condition.wait();
  await condition.acquire();
  condition.notify();
  controller.abort('enough');
  condition.release();
  await assert.rejects(first, (reason) => reason === 'enough');
  condition.release();
  assert.equal(await second, true);
  condition.release();
});

test('Condition: notify wakes one process, notifyAll the rest; killed waiters are forgotten', async () => {
  for (const style of ['sync', 'async']) {
    const condition = new Condition();
    const children = Array.from({ length: 4 }, () =>
      startPart(program, 'waitCondition', { condition, style, rounds: 1 }),
    );
    for (const child of children) assert.equal(await child.hear(), 'waiting');
    await sleep(50);
    await children[0]?.kill();
    const others = children.slice(1);
    const heard: Message[] = [];
    const hearing = others.map((child) => child.hear().then((said) => heard.push(said)));
    using _ = await condition.hold();
    condition.notify();
    condition.release();
    await Promise.race(hearing);
    await sleep(100); // Nobody else.
    await condition.acquire();
    assert.deepEqual(heard, [{ isNotified: true, isMine: true }]);
    condition.notifyAll();
    condition.release();
    await Promise.all(hearing);
    await condition.acquire();
    assert.equal(heard.length, 3);
  }
});

test('Condition: nobody hangs when processes are killed at random instants inside its calls', async () => {
  const random = createRandom(seed);
  const condition = new Condition(new Lock());
  const start = (): ReturnType<typeof startPart> =>
    startPart(program, 'churnCondition', { condition, seed: Math.floor(random() * 1e9) });
  const children = [start(), start(), start()];
  await Promise.all(children.map((child) => child.hear()));
  const kills = scaled(30);
  for (let n = 0; n < kills; n += 1) {
    await sleep(5 + random() * 30);
    const index = Math.floor(random() * children.length);
    await children[index]?.kill();
    children[index] = start();
    await children[index]?.hear();
    assert.ok(await condition.acquire(20_000), 'the lock is stuck');
    condition.release();
  }
  const waiter = startPart(program, 'waitCondition', { condition, style: 'sync', rounds: 1 });
  await waiter.hear();
  await Promise.all(children.map((child) => child.kill()));
  await condition.acquire();
  condition.notifyAll();
  condition.release();
  assert.deepEqual(await waiter.hear(), { isNotified: true, isMine: false });
});
