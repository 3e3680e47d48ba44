import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Pool } from 'brood';
import { decode, encode } from '#dist/wire/codec.js';
import { createMoney, identity, Point } from '../fixtures/wire/values.js';

const pool = new Pool(1);
after(() => pool.terminate());

async function copiesOf<T>(value: T): Promise<T[]> {
  return [(await decode(encode(value, 'value'))) as T, await pool.apply(identity<T>, [value])];
}

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i);
}

test('Views that show the same memory share it on the other side', async () => {
  const all = bytes(32);
  const doubles = new Float64Array(all.buffer, 8, 2);
  const view = new DataView(all.buffer, 3, 10);
  for (const [a, b, c] of await copiesOf([all, doubles, view] as const)) {
    assert.deepEqual([a, b], [all, doubles]);
    assert.ok(a.buffer === b.buffer && b.buffer === c.buffer);
    assert.deepEqual([b.byteOffset, c.byteOffset, c.byteLength], [8, 3, 10]);
    a[8] = 77;
    assert.deepEqual([new Uint8Array(b.buffer)[8], c.getUint8(5)], [77, 77]);
  }
});

test('A buffer and views of it share memory, at any depth and in instances', async () => {
  const { buffer } = bytes(16);
  const value = {
    list: [new Uint16Array(buffer, 4, 2)],
    map: new Map([[buffer, Object.assign(new Point(1, 2), { other: new Uint8Array(buffer, 15) })]]),
    money: createMoney(1n, Buffer.from(buffer, 2, 3)),
  };
  for (const copy of await copiesOf(value)) {
    const [[key, point]] = [...copy.map] as [[ArrayBuffer, Point & { other: Uint8Array }]];
    assert.equal(copy.list[0]?.buffer, key);
    assert.equal(point.other.buffer, key);
    const owner = copy.money.owner as Buffer;
    assert.ok(Buffer.isBuffer(owner) && owner.buffer === key);
    assert.deepEqual([...owner, owner.byteOffset], [2, 3, 4, 2]);
  }
});

test('Views next to each other share one buffer; what no view shows does not cross', async () => {
  const all = bytes(64);
  const value = [all.subarray(11, 16), all.subarray(16, 24), all.subarray(40, 41)] as const;
  for (const [a, b, far] of await copiesOf(value)) {
    assert.deepEqual([a, b, far], [...value]);
    assert.equal(a.buffer, b.buffer);
    assert.deepEqual([...new Uint8Array(a.buffer)], [0, 0, 0, ...bytes(24).subarray(11)]);
    assert.equal(far.buffer.byteLength, 1);
  }
  assert.ok(encode([new Uint8Array(all.buffer, 0, 1), new Uint8Array(1_000_000).subarray(5, 6)], 'value').length < 200);
});

test('Small Buffers, which Node cuts from one piece, stay apart unless they show the same bytes', async () => {
  const whole = Buffer.from('0123456789abcdef');
  const [next, part] = [Buffer.from('next to it'), whole.subarray(4, 8)];
  for (const [a, b, c] of await copiesOf([whole, next, part] as const)) {
    assert.deepEqual([a, b, c], [whole, next, part]);
    c[0] = 33;
    assert.equal(a[4], 33);
    b.fill(0);
    assert.equal(String(a.subarray(5)), '56789abcdef');
  }
});

test('The same view twice is one view; views of different memory stay apart', async () => {
  const view = bytes(4);
  for (const [a, b, other] of await copiesOf([view, view, bytes(4)] as const)) {
    assert.equal(a, b);
    assert.notEqual(a.buffer, other.buffer);
  }
});

test('Tasks that get parts of one array get memory of their own', async () => {
  const all = new Float64Array(4000).map((_, i) => i);
  const parts = Array.from({ length: 40 }, (_, i) => all.subarray(100 * i, 100 * i + 150));
  const copies = await pool.map(identity<Float64Array>, parts, { chunkSize: 20 });
  assert.deepEqual(copies, parts);
  assert.equal(new Set(copies.map(({ buffer }) => buffer)).size, parts.length);
});

interface Resizable extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  resize(length: number): void;
}

test('A resizable buffer stays resizable, and views follow its length that did so before', async () => {
  const buffer = new (ArrayBuffer as unknown as new (n: number, options: object) => Resizable)(8, {
    maxByteLength: 1024,
  });
  new Uint8Array(buffer).set([1, 2, 3]);
  const value = { buffer, tracking: new Uint8Array(buffer, 2), fixed: new Uint8Array(buffer, 4, 4) };
  for (const copy of await copiesOf(value)) {
    assert.deepEqual([copy.buffer.resizable, copy.buffer.maxByteLength], [true, 1024]);
    assert.equal(copy.tracking.buffer, copy.buffer);
    assert.deepEqual([...copy.tracking], [3, 0, 0, 0, 0, 0]);
    copy.buffer.resize(16);
    assert.deepEqual([copy.tracking.length, copy.fixed.length, copy.fixed.byteOffset], [14, 4, 4]);
  }
  for (const alone of await copiesOf(new Uint16Array(buffer))) {
    (alone.buffer as Resizable).resize(4);
    assert.equal(alone.length, 2);
  }
});

test('Views in a part of an error that is dropped leave nothing behind', async () => {
  const all = bytes(8);
  const error = Object.assign(new Error('x'), { good: all, bad: [all.subarray(2), Symbol('no')] });
  const copy = (await decode(encode(error, 'error'))) as typeof error;
  assert.deepEqual(copy.good, all);
  assert.ok(!('bad' in copy));
});
