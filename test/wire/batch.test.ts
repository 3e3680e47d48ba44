import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchReader, BatchWriter } from '#dist/wire/batch.js';
import { decode, encode } from '#dist/wire/codec.js';
import { identity, Point } from '../fixtures/wire/values.js';

function read(message: Uint8Array): unknown[] {
  const reader = new BatchReader(message);
  const values: unknown[] = [];
  while (reader.hasNext) values.push(reader.next());
  return values;
}

const VALUES = [
  1,
  undefined,
  { a: [1, 'two'] },
  new Map([[1, 2]]),
  new Point(1, 2),
  'x'.repeat(100_000),
  identity,
  null,
];

test('Values added to a batch are read in their order, whatever kind each of them is', () => {
  const batch = new BatchWriter();
  for (const value of VALUES) batch.add(value, 'result');
  assert.equal(batch.count, VALUES.length);
  assert.deepEqual(read(batch.take()), VALUES);
  assert.deepEqual([batch.count, batch.size], [0, 0]);
});

test('A value of a batch is taken as it is when it is added', () => {
  const batch = new BatchWriter();
  const value = { n: 1 };
  for (value.n = 1; value.n <= 3; value.n += 1) batch.add(value, 'result');
  assert.deepEqual(read(batch.take()), [{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test('A message stays what it is when the batch is used again', () => {
  const batch = new BatchWriter();
  batch.add('first', 'result');
  const message = batch.take();
  batch.add('other', 'result');
  assert.deepEqual(read(message), ['first']);
  assert.deepEqual(read(batch.take()), ['other']);
});

test('A value that cannot cross is refused alone', () => {
  const batch = new BatchWriter();
  batch.add(1, 'result');
  assert.throws(() => batch.add({ it: Symbol('x') }, 'result'), { name: 'SerializationError', path: 'result.it' });
  batch.add(2, 'result');
  assert.deepEqual(read(batch.take()), [1, 2]);
});

test('A getter may add to the batch that is reading it', () => {
  const batch = new BatchWriter();
  const value = {
    get inner() {
      batch.add('inner', 'result');
      return 'outer';
    },
  };
  batch.add(value, 'result');
  const values = read(batch.take());
  assert.deepEqual(values.at(-1), { inner: 'outer' });
  assert.ok(values.slice(0, -1).every((it) => it === 'inner'));
});

test('A value that cannot be read fails alone; one that nobody wants is passed over', () => {
  const batch = new BatchWriter();
  batch.add('first', 'result');
  batch.addEncoded(Buffer.of(99));
  batch.add('unwanted', 'result');
  batch.addEncoded(encode('last', 'result'));
  const reader = new BatchReader(batch.take());
  assert.equal(reader.next(), 'first');
  assert.throws(() => reader.next(), Error);
  reader.discardNext();
  assert.equal(reader.next(), 'last');
  assert.equal(reader.hasNext, false);
});

test('A batch that was cut anywhere gives its whole values, then an error, and nothing more', () => {
  const batch = new BatchWriter();
  for (const value of ['one', 'two', 'three']) batch.add(value, 'result');
  const message = batch.take();
  for (let size = 0; size < message.length; size += 1) {
    const reader = new BatchReader(message.subarray(0, size));
    const values: unknown[] = [];
    const errors: unknown[] = [];
    while (reader.hasNext) {
      try {
        values.push(reader.next());
      } catch (error) {
        errors.push(error);
      }
    }
    assert.deepEqual(values, ['one', 'two', 'three'].slice(0, values.length));
    assert.ok(errors.length <= 1 && errors.every((it) => it instanceof Error));
  }
});

test('Values that cross together keep identity within each of them', () => {
  const shared = { n: 1 };
  const [first] = decode(encode([[shared, shared], shared], (index) => `items[${index}]`)) as [object[]];
  assert.equal(first[0], first[1]);
});
