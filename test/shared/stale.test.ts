import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  RawArray,
  RawValue,
  RLock,
  Semaphore,
  share,
  Value,
} from 'brood';
import { decode, encode } from '#dist/wire/codec.js';
import { collect } from '../fixtures/shared/collect.js';

const makers: Record<string, () => object> = {
  Lock: () => new Lock(),
  RLock: () => new RLock(),
  Semaphore: () => new Semaphore(),
  BoundedSemaphore: () => new BoundedSemaphore(),
  Condition: () => new Condition(),
  Event: () => new Event(),
  Barrier: () => new Barrier(2),
  RawValue: () => new RawValue('i32'),
  Value: () => new Value('i32'),
  RawArray: () => new RawArray('u8', 100),
  'a shared view': () => share(new Uint8Array(100)),
  'a large shared view': () => share(new Uint8Array(2 ** 20)),
};

/** Names an object that nobody keeps, not even the message. */
function encodeUnheld(make: () => object): Buffer {
  return encode(make(), 'value', { carriage: 'lent', held: [] });
}

for (const [name, make] of Object.entries(makers)) {
  test(`${name}: one that was freed cannot be used again, also when another has its place`, async () => {
    const stale = encodeUnheld(make);
    await collect();
    assert.throws(() => decode(stale), {
      name: 'StateError',
      message: /^Cannot use the shared object: it was freed; /,
    });
    // As many as it takes to be sure that one of them lies where the first one did.
    const others = Array.from({ length: 50 }, make);
    assert.throws(() => decode(stale), { name: 'StateError' });
    assert.equal(others.length, 50);
  });
}
