import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Condition, Event, Lock, Process, RawArray, RLock, SharedArray, share } from 'brood';
import { collect } from '../fixtures/shared/collect.js';
import * as views from '../fixtures/shared/views.js';
import { openPool, rejection, warmUp } from '../pool/support.js';

test('views cut from share() arrive as views on one memory: argument, Process argument, result', async (t) => {
  const pool = openPool(t);
  const [first, second, third] = [views.makeWhole(), views.makeWhole(), views.makeWhole()];
  await pool.apply(views.writeInto, [views.cut(first)]);
  assert.ok(views.hasBeenWritten(first));

  const child = new Process({ target: views.write, args: [views.cut(second)] });
  child.start();
  await child.join();
  assert.ok(views.hasBeenWritten(second));

  const returned = await pool.apply(views.cutFromArgument, [third]);
  assert.equal(returned.buffer, third.buffer, 'what comes back is what was sent');
  views.write(returned);
  assert.ok(views.hasBeenWritten(third));

  const made = await pool.apply(views.makeViews);
  await pool.apply(views.writeInto, [made]);
  assert.ok(views.hasBeenWritten(new Uint8Array(made.buffer)));
});

test('a view goes from one worker to another, and on, with its memory', async (t) => {
  const [one, other] = [openPool(t, 1), openPool(t, 1)];
  const made = await one.apply(views.makeViews);
  const back = await other.apply(views.writeInto, [made]);
  assert.equal(back.buffer, made.buffer);
  assert.ok(await one.apply(views.hasBeenWritten, [new Uint8Array(made.buffer)]));
});

test('the views of arrays are views of shared memory, too', async (t) => {
  const pool = openPool(t, 1);
  const raw = new RawArray('u8', 64);
  const shared = new SharedArray('u8', 64);
  for (const { view } of [raw, shared]) {
    await pool.apply(views.writeInto, [views.cut(view)]);
    assert.ok(views.hasBeenWritten(view));
  }
});

test('the same object twice is one object on the other side; two are two', async (t) => {
  const pool = openPool(t, 1);
  const condition = new Condition();
  for (const object of [new Lock(), new Event(), condition, new RawArray('u8', 3), share(new Uint8Array(3))]) {
    assert.equal(await pool.apply(views.areOne, [[object, object], new Map([['it', object]])]), true);
  }
  assert.equal(await pool.apply(views.areOne, [[new Lock(), new Lock()], new Map()]), false);
});

test('a Condition that arrives with its lock knows when that is held', async (t) => {
  const pool = openPool(t, 1);
  for (const lock of [new Lock(), new RLock()]) {
    const condition = new Condition(lock);
    await condition.acquire();
    const waiting = condition.wait(10_000);
    assert.equal(await pool.apply(views.notifyUnder, [lock, condition]), true);
    assert.equal(await waiting, true);
    condition.release();
  }
});

test('memory that only a message knows is there when the message is read', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const [pid = 0] = pool.workerPids;
  const start = (): Array<Promise<unknown>> => [
    pool.apply(views.sumOf, [new views.Picture([1, 2, 3])]),
    pool.map(views.sumOf, [new views.Picture([4]), new views.Picture([5])], { chunkSize: 2 }),
  ];
  process.kill(pid, 'SIGSTOP');
  const results = Promise.all(start());
  await new Promise(setImmediate);
  await collect();
  for (let n = 0; n < 100; n += 1) views.occupy();
  process.kill(pid, 'SIGCONT');
  assert.deepEqual(await results, [6, [4, 5]]);
  process.kill(pid, 'SIGSTOP');
  const mapped = pool.map(views.sumOf, [new views.Picture([4])]);
  await new Promise(setImmediate);
  await collect();
  for (let n = 0; n < 100; n += 1) views.occupy();
  process.kill(pid, 'SIGCONT');
  assert.deepEqual(await mapped, [4]);
});

test('what a Process was started with is there when it begins, whatever becomes of its arguments', async () => {
  const isRead = new Event();
  const args: [Uint8Array | undefined, Event] = [share(new Uint8Array([7])), isRead];
  const child = new Process({ target: views.firstIsSeven, args });
  child.start();
  args[0] = undefined;
  await collect();
  for (let n = 0; n < 100; n += 1) views.occupy();
  await child.join();
  assert.equal(child.exitCode, 0);
  assert.equal(isRead.isSet(), true);
});

test('a function or symbol beside shared objects is refused with its place', async (t) => {
  const pool = openPool(t, 1);
  const error = await rejection<Error & { path: string }>(
    pool.apply(views.areOne, [[new Lock(), { lock: new Lock(), symbol: Symbol('s') }], new Map()]),
  );
  assert.equal(error.path, 'args[0][1].symbol');
});
