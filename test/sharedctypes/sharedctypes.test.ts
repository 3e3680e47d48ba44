import assert from 'node:assert/strict';
import { test } from 'node:test';
import { share } from '#dist/shared-memory/share.js';
import { RawArray } from '#dist/sharedctypes/raw-array.js';
import { RawValue } from '#dist/sharedctypes/raw-value.js';
import { SharedArray } from '#dist/sharedctypes/shared-array.js';
import type { TypeCode } from '#dist/sharedctypes/type-codes.js';
import { Value } from '#dist/sharedctypes/value.js';
import { Lock } from '#dist/synchronize/lock.js';
import { RLock } from '#dist/synchronize/rlock.js';
import { startPart } from '../support/shared.js';

const program = new URL('./sharedctypes.child.js', import.meta.url).href;

test('Value: every type keeps what it can hold and refuses the rest', () => {
  const limits: Array<[TypeCode, number | bigint, number | bigint]> = [
    ['i8', -128, 127],
    ['u8', 0, 255],
    ['i16', -32768, 32767],
    ['u16', 0, 65535],
    ['i32', -(2 ** 31), 2 ** 31 - 1],
    ['u32', 0, 2 ** 32 - 1],
    ['i64', -(2n ** 63n), 2n ** 63n - 1n],
    ['u64', 0n, 2n ** 64n - 1n],
  ];
  for (const [type, low, high] of limits) {
    const value = new Value(type, high as never);
    const one = (typeof high === 'bigint' ? 1n : 1) as never;
    assert.equal(value.value, high);
    assert.throws(() => value.add(one), RangeError);
    assert.equal(value.value, high);
    value.value = low as never;
    assert.equal(value.add(one), typeof low === 'bigint' ? low + 1n : low + 1);
    assert.throws(() => {
      value.value = (typeof high === 'bigint' ? high + 1n : high + 1) as never;
    }, RangeError);
  }
  assert.equal(new Value('f64', 0.5).add(0.25), 0.75);
  assert.equal(new RawValue('i32').value, 0);
  assert.throws(() => new RawValue('i32', 1.5), RangeError);
  assert.throws(() => new RawValue('i32', 1n as never), TypeError);
  assert.throws(() => new RawValue('x' as never), TypeError);
});

test('Value: has an RLock of its own, or the one it was given', async () => {
  assert.ok(new Value('i32').getLock() instanceof RLock);
  const lock = new Lock();
  const value = new Value('f64', 1, { lock });
  assert.equal(value.getLock(), lock);
  using _ = await value.hold();
  assert.equal(lock.locked(), true);
});

for (const type of ['i32', 'u8', 'i64', 'f64'] as const) {
  test(`Value.add: 4 children add to one ${type} and nothing is lost`, async () => {
    const value = new Value(type);
    const times = type === 'u8' ? 60 : 25_000;
    const children = Array.from({ length: 4 }, () => startPart(program, 'add', { value, delta: 1, times }));
    for (const child of children) assert.equal(await child.hear(), 'done');
    assert.equal(Number(value.value), 4 * times);
  });
}

test('SharedArray: a child sees and changes the same memory', async () => {
  const array = new SharedArray('f64', [1, 2, 3]);
  const bytes = share(new Uint8Array([1, 2, 3, 4]));
  assert.deepEqual([...array.view], [1, 2, 3]);
  const child = startPart(program, 'fill', { array, bytes });
  assert.deepEqual(await child.hear(), { length: 3, sum: 36 });
  assert.deepEqual([...array.view], [7, 7, 7]);
  assert.deepEqual([...bytes], [9, 9, 9, 9]);
  assert.deepEqual([...new RawArray('u16', 4).view], [0, 0, 0, 0]);
  assert.equal(new RawArray('u16', 0).length, 0);
  assert.throws(() => new RawArray('i8', [128]), RangeError);
  assert.throws(() => new RawArray('i8', -1), RangeError);
});
