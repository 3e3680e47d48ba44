import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { Pool } from 'brood';
import fc from 'fast-check';
import { decode, encode } from '#dist/wire/codec.js';
import { createMoney, identity } from '../fixtures/wire/values.js';
import { runs } from '../support/seed.js';
import { anyGraph, anyTree } from './any-value.js';
import { shapeOf } from './shape.js';

const pool = new Pool(1);
after(() => pool.terminate());

test('Any value comes back with the same shape from the codec', async () => {
  await fc.assert(
    fc.asyncProperty(anyTree, async (value) => {
      assert.equal(shapeOf(await decode(encode(value, 'value'))), shapeOf(value));
    }),
    runs(2000),
  );
});

test('Any graph comes back with the same shape from the codec', async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph, async (nodes) => {
      assert.equal(shapeOf(await decode(encode(nodes, 'value'))), shapeOf(nodes));
    }),
    runs(2000),
  );
});

test('Any values and graphs come back with the same shape from a worker', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(anyTree, anyGraph), { maxLength: 10 }), async (items) => {
      const copies = await pool.map(identity, items, { chunkSize: 4 });
      assert.deepEqual(copies.map(shapeOf), items.map(shapeOf));
    }),
    runs(60),
  );
});

test('A value that goes the short way is what the long way makes of it', () => {
  let isShort = 0;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
      const bytes = encode(value, 'value');
      isShort += Number(bytes[0] === 2);
      assert.equal(shapeOf(decode(bytes)), shapeOf(deserialize(serialize(value))));
    }),
    runs(500),
  );
  assert.ok(isShort > 400, `${isShort}`);
});

test('Registered instances and what they hold come back as one graph', async () => {
  const inner = createMoney(2n);
  const outer = createMoney(1n, { inner, list: [inner] });
  const [copy, again] = (await decode(encode([outer, inner], 'value'))) as [typeof outer, typeof inner];
  const { inner: held, list } = copy.owner as { inner: unknown; list: unknown[] };
  assert.ok(held === again && list[0] === again);
});

test('The comparison of shapes tells apart what deepEqual takes for the same', () => {
  const one = {};
  const memory = new ArrayBuffer(8);
  const different: Array<[unknown, unknown]> = [
    [
      [one, one],
      [{}, {}],
    ],
    [[0], [-0]],
    [[undefined], new Array(1)],
    [{ a: undefined }, {}],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{}, Object.create(null)],
    ['\ud800', '\ud801'],
    [new Date(Number.NaN), new Date(0)],
    [
      [new Uint8Array(memory), new Uint8Array(memory)],
      [new Uint8Array(8), new Uint8Array(8)],
    ],
  ];
  for (const [a, b] of different) assert.notEqual(shapeOf(a), shapeOf(b));
});
