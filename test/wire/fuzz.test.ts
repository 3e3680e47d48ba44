import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode } from '#dist/wire/codec.js';
import { createMoney, identity, Point, tools } from '../fixtures/wire/values.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

/** Mutations to try. */
const COUNT = scaled(20_000);
/** Longest one decoding may take, in milliseconds. */
const LIMIT = 1000;

const cyclic: Record<string, unknown> = { name: 'cyclic' };
cyclic.self = [cyclic];

const SAMPLES: Buffer[] = [
  [1, 'text', 'zwei \u{1f600}', -0, 2n ** 70n, null, undefined, true],
  { a: { b: Object.assign(new Array(3), [1]) }, ['__proto__']: 1, constructor: 2 },
  new Map<unknown, unknown>([
    ['k', new Set([1])],
    [{}, new Date(5)],
  ]),
  [new Uint8Array(9), new Float64Array(3), Buffer.from('bytes'), new ArrayBuffer(5), /x/g, Object(1), Object('s')],
  cyclic,
  [new Point(1, 2), identity, tools.math.double, new URL('http://x.y/z')],
  [createMoney(5n, createMoney(6n)), Object.assign(Object.create(null), { a: new Point(0, 0) })],
  Object.assign(new AggregateError([new RangeError('x', { cause: new TypeError('y') })], 'z'), {
    code: 'E',
    at: new Point(1, 1),
  }),
].map((value) => encode(value, 'value'));

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
      () => Buffer.concat([before, Buffer.of(0xff, 0xff, 0xff, 0x7f), bytes.subarray(at + 1)]),
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

test(`decode() of ${COUNT} changed encodings throws an error or returns a value, soon, and touches no prototype`, async () => {
  const before = snapshot();
  const counts = { values: 0, errors: 0, promises: 0 };
  const pending: Promise<unknown>[] = [];
  const isOrdinary = (error: unknown, bytes: Buffer): void =>
    assert.ok(error instanceof Error, `seed ${seed}: ${bytes.toString('hex')}`);
  for (let i = 0; i < COUNT; i += 1) {
    const bytes = mutate();
    const start = performance.now();
    try {
      const value = decode(bytes);
      if (value instanceof Promise) {
        counts.promises += 1;
        pending.push(value.catch((error) => isOrdinary(error, bytes)));
      } else counts.values += 1;
    } catch (error) {
      counts.errors += 1;
      isOrdinary(error, bytes);
    }
    const ms = performance.now() - start;
    assert.ok(ms < LIMIT, `seed ${seed}: ${ms} ms for ${bytes.toString('hex')}`);
    if (i % 500 === 0) await sleep(0);
  }
  await Promise.all(pending);
  assert.equal(snapshot(), before);
  assert.deepEqual(Object.keys({}), []);
  assert.ok(counts.values > COUNT / 100 && counts.errors > COUNT / 100, JSON.stringify(counts));
  console.log(JSON.stringify(counts));
});

test('decode() of bytes that were never an encoding throws an error', async () => {
  for (let i = 0; i < 2000; i += 1) {
    const bytes = Buffer.from(Array.from({ length: below(40) }, () => below(256)));
    await Promise.resolve()
      .then(() => decode(bytes))
      .catch((error) => assert.ok(error instanceof Error));
  }
  assert.throws(() => decode(Buffer.alloc(0)), Error);
  assert.throws(() => decode(Buffer.of(7, 0xff, 0x0f, 0x30)), {
    name: 'SerializationError',
    message: /both sides must run one version/,
  });
});
