import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../support/children.js';
import { describeTimes } from '../support/percentiles.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { Actor, within } from './actor.js';
import { killedHolding, killedInside, killedWaiting } from './holding-scenes.js';
import type { Cast, Scene } from './scene.js';
import { clearStage, createStage, type Kind, objects, UNITS, violations } from './stage.js';
import {
  killedInAction,
  killedNotified,
  killedSetting,
  killedTouring,
  killedWaitingAtBarrier,
  killedWaitingForEvent,
} from './waiting-scenes.js';

/** How long a death may keep anybody waiting, in milliseconds. */
const MOST = 200;

const scenes: Record<Kind, Record<string, Scene<Message>>> = {
  lock: { killedHolding, killedWaiting, killedInside },
  rlock: { killedHolding, killedWaiting, killedInside },
  semaphore: { killedHolding, killedWaiting, killedInside },
  condition: { killedHolding, killedWaiting, killedInside, killedNotified },
  event: { killedWaitingForEvent, killedSetting, killedTouring },
  barrier: { killedWaitingAtBarrier, killedInAction, killedTouring },
};

/** After every scene the object is as new. */
const checks: Record<Kind, (object: Message) => unknown> = {
  lock: assertFree,
  rlock: assertFree,
  semaphore: (semaphore) => assert.equal(semaphore.getValue(), UNITS),
  async condition(condition) {
    assert.equal(condition.tryAcquire(), true);
    // What the victim was notified of and did not live to take up is still to be had, once.
    if (await condition.wait(1)) assert.equal(await condition.wait(1), false, 'more notifications than there were');
    condition.release();
  },
  event(event) {
    event.clear();
    assert.equal(event.isSet(), false);
  },
  barrier(barrier) {
    barrier.reset();
    assert.deepEqual([barrier.broken, barrier.nWaiting], [false, 0]);
  },
};

function assertFree(lock: Message): void {
  assert.equal(lock.tryAcquire(), true);
  assert.equal(lock.ownerDied, false);
  lock.release();
  assert.equal(lock.locked(), false);
}

/** Lets one victim after another die, and checks after each what is left. */
async function campaign(kind: Kind, kills: number): Promise<{ times: number[]; story: string }> {
  const random = createRandom(seed);
  const object = objects[kind]();
  const stage = createStage(kind);
  const start = (): Promise<Actor> => Actor.start(object, stage);
  const [measured, ...peers] = (await Promise.all([start(), start(), start()])) as [Actor, Actor, Actor];
  const steps: number = await measured.do('measure');
  measured.kill();
  const names = Object.keys(scenes[kind]);
  const counts = Object.fromEntries(names.map((name) => [name, 0]));
  const times: number[] = [];
  let blocked = 0;
  let next = start();
  try {
    for (let n = 0; n < kills; n += 1) {
      clearStage(stage);
      const victim = await next;
      next = start();
      const name = names[n % names.length] as string;
      const isBlocked = random() < 0.4;
      const cast: Cast = { victim, peers, stage, random, isBlocked, steps };
      try {
        times.push(...(await within((scenes[kind][name] as Scene<object>)(object, cast), name)));
        await victim.ended();
        assert.equal(violations(stage), 0, 'more were inside than may be');
        await within(Promise.resolve(checks[kind](object)), 'the check');
      } catch (error) {
        victim.kill();
        throw new Error(`kill ${n}, ${name}${isBlocked ? ', blocked' : ''}: ${(error as Error).message}`, {
          cause: error,
        });
      }
      counts[name] = (counts[name] ?? 0) + 1;
      blocked += Number(isBlocked);
    }
  } finally {
    for (const actor of [...peers, await next]) actor.kill();
  }
  return { times, story: `${kills} kills ${JSON.stringify(counts)}, their parent blocked in ${blocked}` };
}

for (const kind of Object.keys(scenes) as Kind[]) {
  test(`${kind}: whoever is killed while it holds, waits for or is inside it, the others go on`, async () => {
    const { times, story } = await campaign(kind, scaled(6));
    console.log(`${kind}: ${story}\n  ${describeTimes(times)}`);
    if (isLong) assert.ok((times.at(-1) ?? 0) <= MOST, `somebody was kept waiting for ${times.at(-1)} ms`);
  });
}
