import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Pool, Queue } from 'brood';
import { decode, encode } from '#dist/wire/codec.js';
import { identity, throwBack, tools } from '../fixtures/wire/values.js';

const pool = new Pool(1);
after(() => pool.terminate());

const queue = new Queue<unknown>();

/**
 * Through the codec alone, beside a value that takes the long way, as an argument and result of a task, as what a task
 * throws, and as an item of a queue.
 */
async function copiesOf<T>(value: T): Promise<T[]> {
  const bytes = encode(value, 'value');
  const [mixed] = (await decode(encode([value, tools.math.double], 'value'))) as [T];
  const thrown = await pool.apply(throwBack<T>, [value]).then(
    () => assert.fail('nothing was thrown'),
    (it: T) => it,
  );
  await queue.put(value);
  const item = (await queue.get()) as T;
  return [(await decode(bytes)) as T, mixed, await pool.apply(identity<T>, [value]), thrown, item];
}

function nest(make: (inner: unknown) => unknown): unknown {
  return make(make(make([1, 'two'])));
}

const typedArrays = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
].flatMap((Type) => [new Type(0), new Type([1, 2, 255])]);

const VALUES: Record<string, unknown> = {
  undefined,
  null: null,
  booleans: [true, false],
  'special numbers': [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, Number.MIN_VALUE],
  bigints: [0n, -1n, 2n ** 64n, -(2n ** 4096n) + 1n],
  strings: ['', 'ä', '\u{1f600}', '\0', 'x'.repeat(100_000)],
  'lone surrogates': ['\ud800', 'a\udfffb', { '\ud800': 1 }],
  'undefined in objects and arrays': [undefined, { a: undefined }],
  'sparse arrays': [Object.assign(new Array(5), { 1: 1, 3: undefined }), Object.assign(new Array(5), { 4: 'end' })],
  'arrays with named properties': Object.assign([1, 2], { index: 7, groups: { a: 'b' } }),
  dates: [new Date(0), new Date(8.64e15), new Date(-1.5e12)],
  regexps: [/a/, /[\u{1f600}]/giu, /\//y],
  maps: new Map<unknown, unknown>([
    [1, 'a'],
    [Number.NaN, new Map()],
    [{ key: true }, new Set([1])],
  ]),
  sets: new Set<unknown>([1, 'a', Number.NaN, [1], new Set([{}])]),
  'nested objects': nest((inner) => ({ inner })),
  'nested maps': nest((inner) => new Map([['inner', inner]])),
  'array buffers': [new ArrayBuffer(0), new Uint8Array([1, 2, 3]).buffer],
  'typed arrays': typedArrays,
  'big typed arrays': [new BigInt64Array([1n, -1n]), new BigUint64Array([2n ** 64n - 1n])],
  'data views': [new DataView(new ArrayBuffer(8), 2, 4), new DataView(new ArrayBuffer(0))],
  buffers: [Buffer.from('text'), Buffer.alloc(0), Buffer.alloc(200_000, 7)],
  'boxed primitives': [Object(1), Object('s'), Object(false), Object(10n)],
  '__proto__ keys': [JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'), JSON.parse('{"__proto__": null}')],
  'objects without a prototype': [Object.assign(Object.create(null), { a: 1 }), /(?<year>\d+)/.exec('2026')?.groups],
  urls: [new URL('https://user:pw@example.org:8080/päth?q=1#h')],
};

for (const [name, value] of Object.entries(VALUES)) {
  test(`Pool.apply() takes and returns ${name}`, async () => {
    for (const copy of await copiesOf(value)) assert.deepStrictEqual(copy, value);
  });
}

test('Pool.apply() returns an invalid date as an invalid date', async () => {
  for (const copy of await copiesOf(new Date(Number.NaN))) {
    assert.ok(copy instanceof Date);
    assert.ok(Number.isNaN(copy.getTime()));
  }
});

test('Pool.apply() keeps the order of properties', async () => {
  const value = { z: 1, a: 2, 7: 'seven', m: { y: 1, b: 2 } };
  for (const copy of await copiesOf(value)) {
    assert.deepEqual(Object.keys(copy), ['7', 'z', 'a', 'm']);
    assert.deepEqual(Object.keys(copy.m), ['y', 'b']);
  }
});

test('Pool.apply() leaves Object.prototype alone when a key is __proto__', async () => {
  for (const copy of await copiesOf(JSON.parse('{"__proto__": {"polluted": true}}'))) {
    assert.equal(copy.polluted, undefined);
    assert.ok(Object.hasOwn(copy, '__proto__'));
  }
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test('Pool.apply() keeps cycles and shared references', async () => {
  const shared = { n: 1 };
  const buffer = new ArrayBuffer(4);
  const value: Record<string, unknown> = {
    a: shared,
    list: [shared],
    map: new Map([[shared, shared]]),
    buffer,
    again: [buffer],
  };
  value.self = value;
  value.set = new Set([value]);
  for (const copy of await copiesOf(value)) {
    assert.equal(copy.self, copy);
    assert.equal((copy.list as unknown[])[0], copy.a);
    assert.deepEqual([...(copy.map as Map<unknown, unknown>)], [[copy.a, copy.a]]);
    assert.equal([...(copy.set as Set<unknown>)][0], copy);
    assert.equal((copy.again as unknown[])[0], copy.buffer);
  }
});

test('Pool.apply() starts a copied RegExp at its beginning, as structured clone does', async () => {
  const value = /a/g;
  value.lastIndex = 3;
  for (const copy of await copiesOf(value)) assert.equal(copy.lastIndex, 0);
});

test('Pool.apply() reads getters, and leaves symbols as keys and what is not enumerable behind', async () => {
  const value = Object.defineProperty(
    {
      get sum() {
        return 3;
      },
      [Symbol('key')]: 1,
    },
    'hidden',
    { value: 1 },
  );
  for (const copy of await copiesOf(value)) {
    assert.deepEqual(Object.getOwnPropertyDescriptors(copy), {
      sum: { value: 3, writable: true, enumerable: true, configurable: true },
    });
  }
});

test('Pool.apply() takes a snapshot of its arguments when it is called', async () => {
  const value = { n: 1 };
  const pending = pool.apply(identity<typeof value>, [value]);
  value.n = 2;
  assert.deepEqual(await pending, { n: 1 });
});

test('Pool.apply() returns Buffers as Buffers, and typed arrays that own their memory', async () => {
  for (const [buffer, array, view] of await copiesOf([
    Buffer.from('ab'),
    new Uint8Array(3),
    new DataView(new ArrayBuffer(9), 1, 5),
  ] as const)) {
    assert.ok(Buffer.isBuffer(buffer));
    assert.ok(!Buffer.isBuffer(array));
    assert.equal(array.buffer.byteLength, 3);
    assert.equal(view.buffer.byteLength, 5);
    structuredClone(array.buffer, { transfer: [array.buffer] });
    assert.equal(view.byteLength, 5, 'transferring one must not take another with it');
  }
});

test('Pool.apply() takes an array with four billion empty places', { timeout: 60_000 }, async () => {
  const value: number[] = [];
  value[2 ** 32 - 2] = 7;
  for (const copy of await copiesOf(value)) {
    assert.equal(copy.length, 2 ** 32 - 1);
    assert.deepEqual(Object.entries(copy), [[String(2 ** 32 - 2), 7]]);
  }
});

test('Pool.apply() takes objects of another realm, as Jest makes them', async () => {
  const { runInNewContext } = await import('node:vm');
  const value = runInNewContext(
    `({ list: [1, { a: new Map([[1, new Set([2])]]) }], date: new Date(5), bytes: new Uint8Array(2) })`,
  );
  for (const copy of await copiesOf(value)) {
    assert.deepStrictEqual(copy, {
      list: [1, { a: new Map([[1, new Set([2])]]) }],
      date: new Date(5),
      bytes: new Uint8Array(2),
    });
  }
});

test('Pool.apply() takes resizable buffers and Float16Array where Node has them', async () => {
  const Float16 = (globalThis as { Float16Array?: new (of: number[]) => object }).Float16Array;
  if (Float16)
    for (const copy of await copiesOf(new Float16([1, 2]))) assert.deepStrictEqual(copy, new Float16([1, 2]));
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: object,
  ) => ArrayBuffer & { resizable: boolean };
  for (const copy of await copiesOf(new Resizable(4, { maxByteLength: 8 })))
    assert.deepEqual([copy.byteLength, copy.resizable], [4, true]);
});

test('Pool.apply() takes functions anywhere in a value, also those in exported objects', async () => {
  const value = {
    list: [tools.math.double],
    map: new Map([['it', identity]]),
    join: process.getBuiltinModule('node:path').join,
  };
  for (const copy of await copiesOf(value)) assert.deepStrictEqual(copy, value);
});
