import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { BroodError } from 'brood';
import { LARGEST_INLINE, RING_BLOCK_BYTES, RING_BYTES, ringWords } from '#dist/channel/ring-layout.js';
import { type RingFrame, RingReader } from '#dist/channel/ring-reader.js';
import { RingWriter } from '#dist/channel/ring-writer.js';
import { type Arena, attachArena, openArena } from '#dist/memory/arena.js';
import { KIND } from '#dist/memory/kinds.js';
import { requireNative } from '#dist/os/native/native.js';
import { cellsInUse } from '../support/arena.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

// Two parties of one arena, in one process.
const arena: Arena = openArena(requireNative('the test'));
const other = attachArena(requireNative('the test'), arena.descriptor);

function createRing(lendFrom?: number): {
  writer: RingWriter;
  reader: RingReader;
  words: ReturnType<typeof ringWords>;
  drop(): void;
} {
  const { life, address } = arena.heap.allocate(KIND.ring, RING_BLOCK_BYTES);
  const words = ringWords(address, 'toChild');
  return {
    words,
    writer: new RingWriter(
      arena,
      words,
      () => other.self,
      () => {},
    ),
    reader: new RingReader(other, words, lendFrom),
    drop: () => arena.heap.drop(life),
  };
}

function check({ head, body, release }: RingFrame, expected: { head: unknown; body: Buffer }): void {
  assert.deepEqual(head, expected.head);
  assert.ok(body.equals(expected.body));
  release?.();
}

for (const lendFrom of [undefined, 65_520]) {
  test(`frames of any size come out of a ring as they went in, ${lendFrom ? 'lent' : 'copied'}`, () => {
    const random = createRandom(seed);
    const before = cellsInUse(arena);
    const { writer, reader, drop } = createRing(lendFrom);
    const waiting: Array<{ head: unknown; body: Buffer }> = [];
    let [written, full] = [0, 0];
    for (let n = 0; n < scaled(20_000); n += 1) {
      const choice = random();
      if (choice < 0.7) {
        const size = Math.floor(random() ** 4 * (random() < 0.02 ? 400_000 : LARGEST_INLINE * 1.1));
        const frame = { head: { n, t: 'ä'.repeat(Math.floor(random() ** 6 * 9000)) }, body: randomBytes(size) };
        const cut = Math.floor(random() * size);
        if (!writer.tryWrite(JSON.stringify(frame.head), [frame.body.subarray(0, cut), frame.body.subarray(cut)])) {
          full += 1;
          writer.publish();
        } else {
          waiting.push(frame);
          written += 1;
        }
      } else if (choice < 0.85) writer.publish();
      else {
        const { frames, error } = reader.read();
        assert.equal(error, undefined);
        assert.ok(frames.length <= waiting.length);
        for (const frame of frames) check(frame, waiting.shift() as { head: unknown; body: Buffer });
      }
    }
    writer.publish();
    for (const frame of reader.read().frames) check(frame, waiting.shift() as { head: unknown; body: Buffer });
    assert.equal(waiting.length, 0);
    assert.ok(written > 1000 && full > 10, `${written} written, ${full} times full`);
    arena.warm.drop();
    drop();
    assert.equal(cellsInUse(arena), before);
  });
}

test('frames that end exactly at the end of a ring, or at its reader, are whole', () => {
  for (let size = 0; size < 300; size += 1) {
    const { writer, reader, drop } = createRing();
    const body = randomBytes(size);
    let [written, read] = [0, 0];
    while (written < 3 * RING_BYTES) {
      while (writer.tryWrite('0', [body])) written += size + 16;
      writer.publish();
      assert.ok(reader.hasNews());
      for (const frame of reader.read().frames) {
        check(frame, { head: 0, body });
        read += size + 16;
      }
      assert.equal(read, written);
      assert.ok(!reader.hasNews());
    }
    drop();
  }
});

test('what has not been published is not there', () => {
  const { writer, reader, drop } = createRing();
  for (let n = 0; n < 10; n += 1) assert.ok(writer.tryWrite(String(n), []));
  assert.deepEqual(reader.read(), { frames: [] });
  writer.publish();
  assert.equal(reader.read().frames.length, 10);
  drop();
});

test('whatever somebody writes into a ring, reading and writing end, with frames or an error of their own', () => {
  const random = createRandom(seed);
  const before = cellsInUse(arena);
  const values = [-1, -2, 0, 1, 7, 8, RING_BYTES, RING_BYTES - 8, 2 ** 31 - 1, -(2 ** 31), 1 << 29];
  const value = (): number =>
    random() < 0.5 ? (values[Math.floor(random() * values.length)] as number) : Math.floor(random() * 2 ** 32) | 0;
  let damaged = 0;
  for (let round = 0; round < scaled(3000); round += 1) {
    const { writer, reader, words, drop } = createRing(random() < 0.5 ? 65_520 : undefined);
    const memory = new Int32Array(arena.windowTo(words.offset + RING_BYTES), words.offset, RING_BYTES / 4);
    try {
      for (let n = Math.floor(random() * 40); n > 0; n -= 1) {
        writer.tryWrite('{"a":1}', [Buffer.alloc(Math.floor(random() ** 3 * (random() < 0.1 ? 90_000 : 8000)))]);
        if (random() < 0.3) writer.publish();
        if (random() < 0.2) for (const { release } of reader.read().frames) release?.();
        if (random() < 0.7) continue;
        const place = random();
        if (place < 0.2) arena.words.store(words.tail, value());
        else if (place < 0.4) arena.words.store(words.head, value());
        else if (place < 0.5) arena.words.store(words.pendingCell, value());
        else memory[Math.floor(random() ** 3 * memory.length)] = value();
      }
    } catch (error) {
      damaged += 1;
      assert.ok(error instanceof BroodError && error.code === 'ERR_CHANNEL', String(error));
    }
    const { frames, error } = reader.read();
    for (const { release } of frames) release?.();
    if (error !== undefined) {
      damaged += 1;
      assert.ok(error instanceof BroodError && error.code === 'ERR_CHANNEL', String(error));
    }
    arena.warm.drop();
    drop();
  }
  assert.ok(damaged > 100, String(damaged));
  assert.ok(cellsInUse(arena) >= before);
});
