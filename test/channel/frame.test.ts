import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BroodError } from 'brood';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from '#dist/channel/frame.js';
import { createRandom } from '../support/random.js';
import { runs, seed } from '../support/seed.js';

const MAGIC = 0xc0ffee42;

interface Message {
  readonly head: unknown;
  readonly body: Buffer;
}

const MESSAGES: Message[] = [
  { head: { kind: 'a', text: 'ä"\n' }, body: Buffer.from('body') },
  { head: null, body: Buffer.alloc(0) },
  { head: [1, 2], body: Buffer.from([0, 255, 1]) },
];

function streamOf(messages: readonly Message[]): Buffer {
  return Buffer.concat(messages.flatMap(({ head, body }) => encodeFrame(MAGIC, head, [body])));
}

/** What a reader delivers for a stream cut at the given places, and how it ended. */
function read(stream: Buffer, cuts: readonly number[] = []): { messages: Message[]; error: unknown } {
  const reader = new FrameReader(MAGIC);
  const messages: Message[] = [];
  const edges = [0, ...cuts, stream.length];
  try {
    for (let i = 1; i < edges.length; i += 1) {
      // A copy: what the reader delivers must not depend on memory that is used again.
      const chunk = Buffer.from(stream.subarray(edges[i - 1], edges[i]));
      for (const frame of reader.read(chunk)) messages.push(frame as Message);
    }
    return { messages, error: undefined };
  } catch (error) {
    return { messages, error };
  }
}

function assertChannelError(error: unknown): void {
  assert.ok(error instanceof BroodError, String(error));
  assert.equal(error.code, 'ERR_CHANNEL');
}

/** A header as a peer that means harm would write it. */
function header(magic: number, head: number, body: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt32LE(head, 4);
  bytes.writeDoubleLE(body, 8);
  return bytes;
}

test('FrameReader delivers the same messages wherever one or two cuts go through the stream', () => {
  const stream = streamOf(MESSAGES);
  for (let a = 0; a <= stream.length; a += 1) {
    for (let b = a; b <= stream.length; b += 1) assert.deepEqual(read(stream, [a, b]).messages, MESSAGES);
  }
});

test('FrameReader delivers all messages of a stream that arrives byte by byte', () => {
  const stream = streamOf(MESSAGES);
  assert.deepEqual(read(stream, [...stream.keys()]).messages, MESSAGES);
});

test('FrameReader delivers all messages of every chunking of a short stream', () => {
  const messages = [{ head: 1, body: Buffer.alloc(0) }];
  const stream = streamOf(messages);
  assert.ok(stream.length <= 17);
  for (let mask = 0; mask < 2 ** (stream.length - 1); mask += 1) {
    const cuts = [];
    for (let i = 0; i < stream.length - 1; i += 1) if (mask & (1 << i)) cuts.push(i + 1);
    assert.equal(read(stream, cuts).messages.length, 1);
  }
});

test('FrameReader delivers large and small messages in order, however they are cut', () => {
  const random = createRandom(seed);
  const sizes = [0, 1, 70_000, 3, 65_536, 65_520, 65_500, 300_000, 12];
  const messages = sizes.map((size, i) => ({ head: { i }, body: Buffer.alloc(size, i) }));
  const stream = streamOf(messages);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
      assert.deepEqual(
        read(
          stream,
          cuts.toSorted((a, b) => a - b),
        ).messages,
        messages,
      );
    }),
    runs(100),
  );
  const many = Array.from({ length: 2000 }, () => Math.floor(random() * stream.length));
  assert.deepEqual(
    read(
      stream,
      many.sort((a, b) => a - b),
    ).messages,
    messages,
  );
});

test('FrameReader delivers nothing of a message that is cut anywhere by the end of the stream', () => {
  const stream = streamOf(MESSAGES);
  const ends = MESSAGES.map((_, i) => streamOf(MESSAGES.slice(0, i + 1)).length);
  for (let length = 0; length < stream.length; length += 1) {
    const { messages, error } = read(stream.subarray(0, length));
    assert.equal(error, undefined);
    assert.equal(messages.length, ends.filter((end) => end <= length).length);
  }
});

test('FrameReader ends with an error at garbage between two messages, after the whole ones', () => {
  const garbage = ['garbage\n', '\0\0\0\0', 'x'.repeat(100_000), '\u{1f600}'];
  for (const text of garbage) {
    for (let count = 0; count <= MESSAGES.length; count += 1) {
      const stream = Buffer.concat([streamOf(MESSAGES.slice(0, count)), Buffer.from(text), streamOf(MESSAGES)]);
      for (const cuts of [[], [stream.length - 1], [...stream.subarray(0, 200).keys()]]) {
        const { messages, error } = read(stream, cuts);
        assert.deepEqual(messages, MESSAGES.slice(0, count));
        assertChannelError(error);
      }
    }
  }
});

test('FrameReader ends with an error at the frames of another channel', () => {
  const stream = Buffer.concat(encodeFrame(MAGIC + 1, { kind: 'a' }, []));
  assertChannelError(read(stream).error);
});

test('FrameReader ends with an error at a head that is no JSON', () => {
  for (const head of ['{', '', 'undefined', '{"a":1}x', '\xff']) {
    const bytes = Buffer.from(head, 'latin1');
    assertChannelError(read(Buffer.concat([header(MAGIC, bytes.length, 0), bytes])).error);
  }
});

test('FrameReader ends with an error at lengths that cannot be', () => {
  for (const body of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0.5, 2 ** 53, Number.MAX_VALUE]) {
    assertChannelError(read(header(MAGIC, 2, body)).error);
  }
  const { error } = read(header(MAGIC, 2 ** 32 - 1, 2 ** 52));
  assertChannelError(error);
});

test('FrameReader takes no memory for a long message before its bytes arrive', () => {
  const before = process.memoryUsage.rss();
  const readers = Array.from({ length: 20 }, () => new FrameReader(MAGIC));
  for (const reader of readers) {
    assert.deepEqual([...reader.read(header(MAGIC, 2, 2 ** 30))], []);
    assert.deepEqual([...reader.read(Buffer.from('{}'))], []);
  }
  assert.ok(process.memoryUsage.rss() - before < 200 * 2 ** 20);
});

test('FrameReader either delivers messages or ends with its own error when bytes are changed', () => {
  const stream = streamOf(MESSAGES);
  fc.assert(
    fc.property(fc.nat(stream.length - 1), fc.nat(255), fc.nat(stream.length), (at, byte, cut) => {
      const changed = Buffer.from(stream);
      changed[at] = byte;
      const { messages, error } = read(changed, [cut]);
      if (error !== undefined) assertChannelError(error);
      assert.ok(messages.length <= MESSAGES.length);
    }),
    runs(3000),
  );
});
