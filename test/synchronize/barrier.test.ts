import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Barrier } from '#dist/synchronize/barrier.js';
import { isLong } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./primitives.child.js', import.meta.url).href;
const broken = { name: 'BrokenBarrierError' };

test('Barrier: everybody gets a place of their own, the action runs before anybody goes on', async () => {
  const story: unknown[] = [];
  const barrier = new Barrier(3, { action: () => story.push('action') });
  const waits = [barrier.wait(), barrier.wait()];
  assert.equal(barrier.nWaiting, 2);
  waits.push(barrier.wait());
  story.push((await Promise.all(waits)).sort());
  assert.deepEqual(story, ['action', [0, 1, 2]]);
  assert.equal(barrier.nWaiting, 0);
  assert.throws(() => new Barrier(0), RangeError);
});

test('Barrier: breaks for all on timeout, abort(), an aborted signal and a throwing action; reset mends it', async () => {
  const barrier = new Barrier(2, { timeout: 10 });
  await assert.rejects(barrier.wait(), broken);
  assert.equal(barrier.broken, true);
  assert.throws(() => barrier.waitSync(), broken);
  barrier.reset();
  assert.equal(barrier.broken, false);
  const waiting = barrier.wait(Number.POSITIVE_INFINITY);
  barrier.reset();
  await assert.rejects(waiting, broken);
  assert.deepEqual((await Promise.all([barrier.wait(), barrier.wait()])).sort(), [0, 1]);
  const patient = barrier.wait(20_000);
  barrier.abort();
  await assert.rejects(patient, broken);

  const three = new Barrier(3);
  const controller = new AbortController();
  const aborted = three.wait({ signal: controller.signal });
  const other = three.wait();
  controller.abort('enough');
  await assert.rejects(aborted, (reason) => reason === 'enough');
  await assert.rejects(other, broken);

  const failing = new Barrier(2, {
    action: () => {
      throw new Error('mine');
    },
  });
  const outcomes = await Promise.allSettled([failing.wait(), failing.wait()]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message.slice(0, 4)).sort(),
    ['Cann', 'mine'],
  );
});

test('Barrier: four processes pass 200 rounds, with every place given once a round', async () => {
  const barrier = new Barrier(4);
  const children = ['sync', 'async', 'sync', 'async'].map((style) =>
    startPart(program, 'pass', { barrier, style, rounds: 200 }),
  );
  const all: number[][] = [];
  for (const child of children) all.push((await child.hear()).indexes);
  for (let round = 0; round < 200; round += 1)
    assert.deepEqual(all.map((indexes) => indexes[round]).sort(), [0, 1, 2, 3]);
});

test('Barrier: a party that is killed while it waits breaks it at once for the others', async () => {
  const barrier = new Barrier(4);
  const children = ['sync', 'async', 'sync'].map((style) => startPart(program, 'pass', { barrier, style, rounds: 1 }));
  while (barrier.nWaiting < 3) await sleep(5);
  await sleep(50);
  const killedAt = Date.now();
  void children[0]?.kill();
  for (const child of children.slice(1)) {
    const { error, at } = await child.hear();
    assert.equal(error, 'BrokenBarrierError');
    if (isLong) assert.ok(at - killedAt < 200, String(at - killedAt));
  }
  assert.equal(barrier.broken, true);
  barrier.reset();
  assert.equal(barrier.nWaiting, 0);
});
