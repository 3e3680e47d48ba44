import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { SerializationError } from 'brood';
import { decode, encode } from '#dist/wire/codec.js';
import { Point } from '../fixtures/wire/values.js';

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** As V8 writes them, with the format byte of a plain value. */
const v8 = (...bytes: number[]): Buffer => Buffer.from([0, 0xff, 15, ...bytes]);
const compact = (...bytes: number[]): Buffer => Buffer.from([2, ...bytes]);
const tag = (text: string): number => text.charCodeAt(0);

function arraysThatClaimTheRest(): Buffer {
  const size = 2 ** 20;
  const parts = [v8()];
  for (let depth = 0; depth < 2000; depth += 1) parts.push(Buffer.from([tag('A'), ...varint(size - 6 * depth)]));
  return Buffer.concat([...parts, Buffer.alloc(size, '_')]);
}

const HOSTILE: Record<string, Buffer> = {
  'a sparse array of 33,000,000 places': v8(tag('a'), ...varint(33_000_000), tag('@'), 0, ...varint(33_000_000)),
  'arrays within arrays that each claim all that is left': arraysThatClaimTheRest(),
  'a dense array longer than the message': v8(tag('A'), ...varint(1000), tag('$'), 0, ...varint(1000)),
  'a resizable buffer that reserves gigabytes': v8(tag('~'), 1, ...varint(2 ** 31), 7),
  'a string longer than the message': v8(tag('"'), ...varint(2 ** 31), 65),
  'a BigInt longer than the message': v8(tag('Z'), ...varint(2 ** 30), 1, 2),
  'a number of a million bytes': Buffer.concat([v8(tag('I')), Buffer.alloc(1_000_000, 0x80), Buffer.of(1)]),
  'a view of an unknown type': v8(0x5c, 200, 1, 1, 0),
  'an error in the format of V8': v8(tag('r'), tag('m'), tag('"'), 1, 65, tag('.')),
  'an old version of the format': Buffer.from([0, 0xff, 1, tag('0')]),
  'no header': Buffer.from([0, tag('0')]),
  'a parcel that is none': Buffer.from([1, 0xff, 15, tag('I'), 2]),
  'a compact array longer than the message': compact(8, ...varint(2 ** 32 - 1)),
  'a compact block longer than the message': compact(12, ...varint(2 ** 31), 1, 2, 3),
  'compact bytes longer than the message': compact(13, ...varint(2 ** 31), 65),
  'a compact string longer than the message': compact(6, ...varint(2 ** 31), 65),
  'compact containers nested 100,000 deep': Buffer.concat([
    compact(),
    Buffer.from('\x08\x01'.repeat(100_000), 'latin1'),
  ]),
  'an object of a shape that was never described': compact(10, 3),
  'a shape whose keys are no strings': compact(9, 1, 0x81, 0x81),
  'a compact number of too many bytes': compact(8, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
  'a byte that begins nothing': compact(0x3f),
  'bytes behind the value': compact(0x81, 0x81),
  'an unknown format': Buffer.of(77, 1, 2),
  'no bytes': Buffer.alloc(0),
};

for (const [name, bytes] of Object.entries(HOSTILE)) {
  test(`decode() refuses ${name}, and takes no memory for it`, () => {
    const before = process.memoryUsage();
    assert.throws(
      () => decode(bytes),
      (error) => error instanceof SerializationError && /^Cannot decode a value: /.test(error.message),
    );
    const grown = process.memoryUsage().heapTotal - before.heapTotal;
    assert.ok(grown < 16 * 2 ** 20 + 64 * bytes.length, `${grown} bytes for ${bytes.length}`);
  });
}

test('decode() refuses 1,000,000 nested containers of V8, or reads them', () => {
  const bytes = Buffer.concat([v8(), Buffer.from('A\x01'.repeat(1_000_000), 'latin1')]);
  assert.throws(() => decode(bytes), { name: 'SerializationError', message: /nested too deeply/ });
});

test('decode() makes own properties of keys that mean something to every object', () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const value = decode(compact(9, 1, 0x40 + key.length, ...Buffer.from(key), 9, 1, 0x41, 65, 0x81)) as object;
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.deepEqual(Object.getOwnPropertyDescriptor(value, key)?.value, { A: 1 });
  }
});

test('Where Object.prototype is frozen, or has setters, values cross as they are', () => {
  const script = `
    import { decode, encode } from ${JSON.stringify(import.meta.resolve('#dist/wire/codec.js'))};
    let calls = 0;
    Object.defineProperty(Object.prototype, 'watched', { set() { calls += 1; }, configurable: true });
    const value = { watched: 1, toString: 2, valueOf: { watched: [] }, other: 'x' };
    console.log(JSON.stringify(decode(encode(value, 'value'))), calls);
    Object.freeze(Object.prototype);
    console.log(JSON.stringify(decode(encode(value, 'value'))), calls);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const expected = '{"watched":1,"toString":2,"valueOf":{"watched":[]},"other":"x"} 0\n';
  assert.equal(stdout, expected + expected, stderr);
});

test('A message that was cut short is refused at every length', () => {
  const values = [
    [1, 'text', { a: 1.5 }],
    new Map([['k', new Uint8Array(3)]]),
    [new Date(1), 2n ** 70n],
    new Point(1, 2),
  ];
  for (const value of values) {
    const bytes = encode(value, 'value');
    for (let size = 0; size < bytes.length; size += 1)
      assert.throws(() => decode(bytes.subarray(0, size)), SerializationError);
  }
});
