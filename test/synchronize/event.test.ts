import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Event } from '#dist/synchronize/event.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./primitives.child.js', import.meta.url).href;

test('Event: wait is true if it was set since the call, even if cleared at once', async () => {
  const event = new Event();
  assert.equal(event.isSet(), false);
  assert.equal(await event.wait(5), false);
  const wait = event.wait();
  event.set();
  event.clear();
  assert.equal(await wait, true);
  assert.equal(event.isSet(), false);
  event.set();
  event.set();
  assert.equal(event.waitSync(), true);
  assert.equal(await event.wait(0), true);
});

test('Event: asSignal aborts when it is set, and is a new one after a clear', async () => {
  const event = new Event();
  const signal = event.asSignal();
  assert.equal(event.asSignal(), signal);
  const aborted = once(signal, 'abort');
  event.set();
  await aborted;
  assert.equal(signal.aborted, true);
  assert.equal(event.asSignal(), signal);
  event.clear();
  assert.equal(event.asSignal().aborted, false);
});

test('Event: set wakes every process, however it waits; killed waiters cost nothing', async () => {
  const event = new Event();
  const children = ['sync', 'async', 'signal', 'sync', 'async'].map((style) =>
    startPart(program, 'waitEvent', { event, style }),
  );
  for (const child of children) assert.equal(await child.hear(), 'waiting');
  await sleep(50);
  await Promise.all(children.slice(3).map((child) => child.kill()));
  event.set();
  for (const child of children.slice(0, 3)) assert.equal(await child.hear(), 'woken');
  await Promise.all(children.map((child) => child.ended));
});

test('Event: a process that is rung while it ends, ends as it should', async () => {
  const event = new Event();
  for (let round = 0; round < 4; round += 1) {
    const children = ['exit', 'end', 'exit', 'end'].map((way) => startPart(program, 'leaveWhileRung', { event, way }));
    await Promise.all(children.map((child) => child.hear()));
    const ringing = setInterval(() => {
      for (let n = 0; n < 50; n += 1) {
        event.set();
        event.clear();
      }
    }, 0);
    for (const child of children) assert.deepEqual(await child.ended, { code: 0, signal: null });
    clearInterval(ringing);
  }
});

test('Event: nobody hangs when processes are killed at random instants inside its calls', async () => {
  const random = createRandom(seed);
  const event = new Event();
  const start = (): ReturnType<typeof startPart> =>
    startPart(program, 'churnEvent', { event, seed: Math.floor(random() * 1e9) });
  const children = [start(), start(), start()];
  await Promise.all(children.map((child) => child.hear()));
  const kills = scaled(30);
  for (let n = 0; n < kills; n += 1) {
    await sleep(5 + random() * 20);
    const index = Math.floor(random() * children.length);
    await children[index]?.kill();
    children[index] = start();
    await children[index]?.hear();
    assert.equal(await event.wait(20_000), true);
  }
  await Promise.all(children.map((child) => child.kill()));
});
