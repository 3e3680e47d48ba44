import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, decodeBrief, encode, encodeBriefly } from '#dist/wire/codec.js';

const VALUES: readonly unknown[] = [
  { id: 5, name: 'job' },
  { id: 1e6, name: 'other job' },
  { name: 'the keys in another order', id: 1 },
  { id: -0.5, name: ['é', '漢', '\ud800'], more: { id: 1, name: 'nested' } },
  [{ a: 1 }, { a: 2 }, { b: 1.5 }, { a: 3 }, { b: Number.NaN }],
  Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`key ${index}`, { [`only ${index}`]: index }])),
  { __proto__x: 1, constructor: 2, toString: 'no method' },
  new Map([['v8', { id: 1 }]]),
  new Uint8Array(100).fill(7),
  'x'.repeat(2 ** 21),
  undefined,
];

test('what is encoded briefly has the bytes of what is encoded for good, whatever came before', () => {
  for (let round = 0; round < 3; round += 1) {
    for (const value of VALUES) {
      const kept = encode(value, 'value');
      const { bytes, byteLength } = encodeBriefly(value, 'value');
      assert.deepEqual(bytes.subarray(0, byteLength), kept);
      assert.deepEqual(decode(kept), value);
    }
  }
});

test('a value that was decoded from brief bytes stays what it is when they are written again', () => {
  const memory = Buffer.alloc(2 ** 22);
  const decoded = VALUES.map((value) => {
    const bytes = encode(value, 'value');
    memory.fill(0xff);
    memory.set(bytes);
    return decodeBrief(memory, bytes.byteLength);
  });
  memory.fill(0);
  assert.deepEqual(decoded, VALUES);
});

test('what comes behind the end of a brief message is not read', () => {
  const bytes = encode({ id: 1, name: 'job' }, 'value');
  for (let end = 0; end < bytes.byteLength; end += 1)
    assert.throws(() => decodeBrief(bytes, end), { name: 'SerializationError' });
});

test('a getter that takes a key away, or encodes something itself, does no harm', () => {
  const vanishing = {
    get first() {
      delete (this as { second?: number }).second;
      return encode({ other: 'message' }, 'value').byteLength > 0;
    },
    second: 2,
    third: { id: 3 },
  };
  assert.deepEqual(decode(encode(vanishing, 'value')), { first: true, third: { id: 3 } });
  const growing = {
    get first() {
      Object.assign(this, { last: 1 });
      return 1;
    },
    second: 2,
  };
  assert.deepEqual(decode(encode(growing, 'value')), structuredClone({ first: 1, second: 2 }));
});
