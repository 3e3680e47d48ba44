import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Barrier, type BrokenBarrierError, Lock, Process, RawValue, SerializationError, Value } from 'brood';
import * as crashes from '../fixtures/shared/crashes.js';
import { openPool, range, rejection } from '../pool/support.js';

const CHILDREN = 4;
const TIMES = 100_000;

test('4 children count to 400,000 under a Lock', async () => {
  const [lock, counter, start] = [new Lock(), new RawValue('i32'), new Barrier(CHILDREN)];
  const children = range(CHILDREN).map(
    () => new Process({ target: crashes.countUnderLock, args: [lock, counter, TIMES, start] }),
  );
  for (const child of children) child.start();
  for (const child of children) await child.join();
  assert.equal(counter.value, CHILDREN * TIMES);
});

test('4 workers count to 400,000 by Value.add, and lose some without', async (t) => {
  const pool = openPool(t, CHILDREN);
  const [value, start] = [new Value('i32'), new Barrier(CHILDREN)];
  await pool.starmap(
    crashes.countByAdd,
    range(CHILDREN).map(() => [value, TIMES, start]),
    { chunkSize: 1 },
  );
  assert.equal(value.value, CHILDREN * TIMES);

  const times = 1_000_000;
  // On a busy machine they may happen to run one after the other.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const raw = new RawValue('i32');
    await pool.starmap(
      crashes.countWithout,
      range(CHILDREN).map(() => [raw, times, start]),
      { chunkSize: 1 },
    );
    assert.ok(raw.value > 0);
    if (raw.value < CHILDREN * times) return;
  }
  assert.fail('nothing was ever lost');
});

test('a Barrier runs its exported action once a round, wherever it is', async (t) => {
  const rounds = 20;
  const pool = openPool(t, 2);
  const barrier = new Barrier(3, { action: crashes.act });
  const before = crashes.actionsSoFar();
  const workers = range(2).map(() => pool.apply(crashes.passBarrier, [barrier, rounds]));
  const mine = crashes.passBarrier(barrier, rounds);
  const parties = await Promise.all([...workers, mine]);
  for (let n = 0; n < rounds; n += 1) {
    assert.deepEqual(parties.map(([places]) => places[n]).sort(), [0, 1, 2]);
  }
  const all = parties.reduce((sum, [, actions]) => sum + actions, 0);
  assert.equal(all - before, rounds);
});

test('a Barrier breaks for all when a party is killed that waits at it', async (t) => {
  const pool = openPool(t, 2);
  const barrier = new Barrier(4);
  const child = new Process({ target: crashes.passBarrier, args: [barrier, 1] });
  child.start();
  const waits = [pool.apply(crashes.passBarrier, [barrier, 1]), barrier.wait()];
  const failed = Promise.all(waits.map((wait) => rejection<BrokenBarrierError>(wait)));
  while (barrier.nWaiting < 3) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill();
  for (const error of await failed) assert.equal(error.name, 'BrokenBarrierError');
});

test('a Barrier whose action cannot cross is refused with its place', async (t) => {
  const pool = openPool(t, 1);
  const captured = new Barrier(2, { action: unsendable });
  const error = await rejection<SerializationError>(pool.apply(crashes.passBarrier, [captured, 1]));
  assert.ok(error instanceof SerializationError);
  assert.equal(error.path, 'args[0].action');
  assert.match(error.message, /bound|native/);
  const child = new Process({ target: crashes.passBarrier, args: [new Barrier(2, { action: unsendable }), 1] });
  assert.throws(() => child.start(), { name: 'SerializationError', path: 'args[0].action' });
  const failure = await rejection<SerializationError>(pool.map(crashes.waitForItem, [{ deep: [captured] }]));
  assert.equal(failure.path, 'items[0].deep[0].action');
});

const unsendable = ((): void => {}).bind(undefined);
