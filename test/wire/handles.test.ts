import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Event, Lock, Pool, SharedArray, share } from 'brood';
import { createMoney, identity, Point } from '../fixtures/wire/values.js';

const pool = new Pool(1);
after(() => pool.terminate());

test('Handles cross anywhere in a value, and lead to the same shared object', async () => {
  const lock = new Lock();
  const event = new Event();
  const numbers = new SharedArray('i32', 4);
  const shared = share(new Float64Array([1, 2, 3]));
  const value = {
    map: new Map<unknown, unknown>([[lock, new Set([event])]]),
    list: Object.assign(new Array<unknown>(50), { 40: numbers }),
    named: Object.assign([1], { event }),
    bare: Object.assign(Object.create(null), { shared }),
    point: Object.assign(new Point(1, 2), { other: lock }),
    money: createMoney(1n, { numbers }),
    error: Object.assign(new Error('with handles', { cause: event }), { lock }),
    views: [new Uint8Array(8), shared.subarray(1)],
  };
  const copy = await pool.apply(identity<typeof value>, [value]);
  const [[lockCopy, events]] = [...copy.map] as [[Lock, Set<Event>]];
  const [eventCopy] = [...events] as [Event];
  assert.ok(lock.tryAcquire());
  assert.equal(lockCopy.tryAcquire(), false);
  lock.release();
  event.set();
  assert.ok(eventCopy.isSet());
  numbers.view[2] = 7;
  assert.equal((copy.list[40] as SharedArray<'i32'>).view[2], 7);
  assert.equal((copy.money.owner as typeof value.money & { numbers: SharedArray<'i32'> }).numbers, copy.list[40]);
  assert.equal(copy.named.event, eventCopy);
  assert.equal(copy.point.other, lockCopy);
  assert.equal(copy.error.lock, lockCopy);
  assert.equal(copy.error.cause, eventCopy);
  shared[1] = 42;
  assert.equal((copy.bare as { shared: Float64Array }).shared[1], 42);
  assert.equal((copy.views[1] as Float64Array)[0], 42);
});
