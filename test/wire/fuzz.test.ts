import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SerializationError } from 'brood';
import { decode, discard, encode } from '#dist/wire/codec.js';
import { createMoney, identity, Point, tools } from '../fixtures/wire/values.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

/** Mutations to try. */
const COUNT = scaled(20_000);
/** Longest one decoding may take, in milliseconds. */
const LIMIT = 20_000;
/** Most the process may grow by, in bytes: some messages claim thousands of times as much. */
const MEMORY = 512 * 2 ** 20;

const cyclic: Record<string, unknown> = { name: 'cyclic' };
cyclic.self = [cyclic];
const memory = new ArrayBuffer(24);

const VALUES: unknown[] = [
  [1, 'text', 'zwei \u{1f600}', -0, 2n ** 70n, null, undefined, true],
  [1, 'text', 'zwei \u{1f600}', -0, 1.5, -70_000, null, undefined, true, { a: 1, b: [{ a: 2, b: {} }] }],
  [new Uint8Array(9), { bytes: Buffer.alloc(70, 1) }],
  [Array.from({ length: 9 }, (_, i) => i), Array.from({ length: 9 }, (_, i) => i / 2), 'x'.repeat(99)],
  { a: { b: Object.assign(new Array(3), [1]) }, ['__proto__']: 1, constructor: 2 },
  Object.assign(new Array(5000), { 4000: [Object.assign(new Array(70), { 69: 1 })] }),
  new Map<unknown, unknown>([
    ['k', new Set([1])],
    [{}, new Date(5)],
  ]),
  [new Uint8Array(9), new Float64Array(3), Buffer.from('bytes'), new ArrayBuffer(5), /x/g, Object(1), Object('s')],
  [memory, new Uint16Array(memory, 2, 4), new DataView(memory, 9), Buffer.from(memory, 1, 3)],
  cyclic,
  [new Point(1, 2), identity, tools.math.double, new URL('http://x.y/z')],
  [createMoney(5n, createMoney(6n)), Object.assign(Object.create(null), { a: new Point(0, 0) })],
  Object.assign(new AggregateError([new RangeError('x', { cause: new TypeError('y') })], 'z'), {
    code: 'E',
    at: new Point(1, 1),
  }),
];
/** What crosses as source: closures that share a variable, a class of its own, and an error of that class. */
function closures(): unknown[] {
  const limit = 3;
  let total = 0;
  class Local extends RangeError {
    static readonly limit = limit;
    at = new Point(1, 1);
  }
  return [
    (n: number) => n + limit,
    [() => (total += limit), () => total],
    { make: () => new Local(String(tools.math.double(4))) },
    [Local, new Local('far'), async function* named() {}],
  ];
}

VALUES.push(...closures());
const SAMPLES: Buffer[] = VALUES.map((value) => encode(value, 'value'));

/** Lengths much larger than a message. */
const CLAIMS = [
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x10],
  [0xc0, 0x9a, 0x0c],
];

const random = createRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);

/** One to four changes: a byte, a bit, a cut, a piece doubled, removed or taken from another sample. */
function mutate(): Buffer {
  let bytes: Buffer = Buffer.from(SAMPLES[below(SAMPLES.length)] as Buffer);
  for (let i = below(4); i >= 0 && bytes.length > 0; i -= 1) {
    const at = below(bytes.length);
    const end = at + below(Math.min(16, bytes.length - at) + 1);
    const other = SAMPLES[below(SAMPLES.length)] as Buffer;
    const from = below(other.length);
    const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    bytes = [
      () => Buffer.concat([before, Buffer.of(below(256)), bytes.subarray(at + 1)]),
      () => Buffer.concat([before, Buffer.of((bytes[at] as number) ^ (1 << below(8))), bytes.subarray(at + 1)]),
      () => Buffer.concat([before, Buffer.of(...(CLAIMS[below(CLAIMS.length)] as number[])), bytes.subarray(at + 1)]),
      () => Buffer.concat([before, piece, piece, after]),
      () => Buffer.concat([before, after]),
      () => Buffer.concat([before, other.subarray(from, from + 16), after]),
      () => before,
    ][below(7)]?.() as Buffer;
  }
  return bytes;
}

/** The prototypes that every value of the program has in common. */
function snapshot(): string {
  const holders = [Object, Array, Map, Set, Function, Error, Point, Uint8Array, Promise].flatMap((it) => [
    it,
    it.prototype,
  ]);
  return JSON.stringify(holders.map((it) => Reflect.ownKeys(it).map(String)));
}

test(`decode() of ${COUNT} changed encodings throws its own error or returns a value, takes no memory, and touches no prototype`, async () => {
  const before = snapshot();
  const memoryBefore = process.memoryUsage().rss;
  const counts = { values: 0, errors: 0, promises: 0 };
  const show = (bytes: Buffer): string => `seed ${seed}: ${bytes.toString('hex')}`;
  for (let i = 0; i < COUNT; i += 1) {
    const bytes = mutate();
    const start = performance.now();
    try {
      const value = decode(bytes);
      if (value instanceof Promise) {
        counts.promises += 1;
        // What cannot be imported says so in the words of the import.
        await value.catch((error) => assert.ok(error instanceof Error, show(bytes)));
      } else counts.values += 1;
    } catch (error) {
      counts.errors += 1;
      assert.ok(error instanceof SerializationError, `${show(bytes)}: ${error}`);
    }
    const ms = performance.now() - start;
    assert.ok(ms < LIMIT, `${ms} ms for ${show(bytes)}`);
    if (i % 500 > 0) continue;
    const grown = process.memoryUsage().rss - memoryBefore;
    assert.ok(grown < MEMORY, `${grown} bytes after ${show(bytes)}`);
    await sleep(0);
  }
  assert.equal(snapshot(), before);
  assert.deepEqual(Object.keys({}), []);
  assert.ok(counts.values > COUNT / 100 && counts.errors > COUNT / 100, JSON.stringify(counts));
  console.log(JSON.stringify(counts));
});

test('decode() of bytes that were never an encoding throws its own error, or returns what they happen to be', async () => {
  for (let i = 0; i < COUNT / 10; i += 1) {
    const bytes = Buffer.from([below(4), ...Array.from({ length: below(40) }, () => below(256))]);
    try {
      await decode(bytes);
    } catch (error) {
      assert.ok(error instanceof SerializationError, `seed ${seed}: ${bytes.toString('hex')}: ${error}`);
    }
  }
  assert.throws(() => decode(Buffer.of(7, 0xff, 0x0f, 0x30)), {
    name: 'SerializationError',
    message: /both sides must run one version/,
  });
});

test('discard() of changed encodings lets go of what it finds, or throws its own error', () => {
  for (let i = 0; i < COUNT / 10; i += 1) {
    const bytes = mutate();
    try {
      discard(bytes);
    } catch (error) {
      assert.ok(error instanceof SerializationError, `seed ${seed}: ${bytes.toString('hex')}: ${error}`);
    }
  }
});
