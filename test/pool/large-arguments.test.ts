import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Event, type Pool, Queue, Value } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { KIND } from '#dist/memory/kinds.js';
import * as buffers from '../fixtures/pool/buffers.js';
import { collect } from '../fixtures/shared/collect.js';
import { cellsInUse, residentBytes } from '../support/arena.js';
import { createRandom } from '../support/random.js';
import { seed } from '../support/seed.js';
import { openPool, rejection, until, warmUp } from './support.js';

const KIB = 1024;
const MIB = 2 ** 20;
/** From this many bytes on they go through the arena. */
const LARGE = 256 * KIB;

const arena = currentArena('the test');

function randomBytes(random: () => number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 1 + Math.floor(random() * 50)) bytes[at] = Math.floor(random() * 256);
  return bytes;
}

/** Nothing of what was sent is in the arena, once nobody keeps it for later. */
async function assertNothingStays(act: () => Promise<unknown>): Promise<void> {
  await collect();
  arena.warm.drop();
  const [blocks, before] = [cellsInUse(arena, KIND.buffer), residentBytes(arena)];
  await act();
  await collect();
  arena.warm.drop();
  await until(
    () => {
      arena.reap();
      return cellsInUse(arena, KIND.buffer) <= blocks;
    },
    10_000,
    'all blocks are given back',
  );
  assert.ok(residentBytes(arena) - before < 2 * MIB, `${residentBytes(arena) - before} bytes are left`);
}

async function openWarm(t: TestContext, options: Parameters<typeof openPool>[1] = 1): Promise<Pool> {
  const pool = openPool(t, options);
  await warmUp(pool);
  return pool;
}

test('arguments of any size arrive as they were at the call, whatever is done to them afterwards', async (t) => {
  const pool = await openWarm(t, 2);
  const random = createRandom(seed);
  const sizes = [-9, -8, -1, 0, 1, 7, 8, 64 * KIB].map((delta) => LARGE + delta);
  sizes.push(4096, 64 * KIB, MIB, MIB + 3, 5 * MIB - 1);
  await assertNothingStays(async () => {
    await Promise.all(
      sizes.map(async (size) => {
        const bytes = randomBytes(random, size);
        const odd = bytes.slice(0, size - (size % 8)).buffer;
        const values = [
          bytes.buffer,
          bytes.slice(),
          Buffer.from(bytes),
          new DataView(bytes.buffer),
          new Float64Array(odd),
        ];
        const expected = values.map((value) => buffers.describe(value as ArrayBuffer));
        const result = pool.apply(buffers.describeAll, values as ArrayBuffer[]);
        bytes.fill(1);
        for (const value of values)
          if (value !== bytes.buffer) new Uint8Array((value as Uint8Array).buffer ?? value).fill(2);
        const described = await result;
        for (const [index, [, , ...rest]] of expected.entries()) {
          const [type, byteLength, , , sum] = described[index] as unknown[];
          assert.deepEqual(
            [type, byteLength, sum],
            [expected[index]?.[0], expected[index]?.[1], rest.at(-1)],
            `${size}`,
          );
        }
      }),
    );
  });
});

test('a view takes along only what it shows; views of one memory share it where they arrive', async (t) => {
  const pool = await openWarm(t);
  const giant = new Uint8Array(8 * MIB).map((_, i) => i % 251);
  const parts = [giant.subarray(3, 3 + LARGE), giant.subarray(5 * MIB + 1, 7 * MIB), giant.subarray(17, 100)];
  for (const part of parts) {
    const [[type, length, offset, whole, sum] = []] = (await pool.apply(buffers.describeAll, [part])) as unknown[][];
    assert.deepEqual(
      [type, length, offset, whole, sum],
      ['Uint8Array', part.length, 0, part.length, buffers.hash(part)],
    );
  }
  assert.deepEqual(await pool.apply(buffers.areTogether, [parts[0] as never, giant.subarray(9, MIB), giant.buffer]), [
    true,
    true,
  ]);
  const both = [giant.subarray(3, MIB), giant.subarray(MIB - 9, 2 * MIB)] as const;
  const described = await pool.apply(buffers.describeAll, [...both]);
  assert.deepEqual(
    described.map((it) => (it as unknown[]).at(-1)),
    both.map(buffers.hash),
  );
  assert.deepEqual(await pool.apply(buffers.areTogether, [...both, giant.slice().buffer]), [true, false]);
  const value = { list: [giant, giant], map: new Map([[giant.buffer, new Set([giant])]]) };
  const copy = await pool.apply(buffers.same<typeof value>, [value]);
  assert.equal(copy.list[0], copy.list[1]);
  assert.deepEqual([...copy.map.keys()], [copy.list[0]?.buffer]);
  assert.ok([...copy.map.values()][0]?.has(copy.list[0] as Uint8Array<ArrayBuffer>));
  assert.deepEqual(copy.list[0], giant);
});

test('a task owns its buffers: it may keep them, change them and give them away', async (t) => {
  const pool = await openWarm(t);
  const sums = [];
  for (let n = 0; n < 6; n += 1) {
    const { buffer } = new Uint8Array(2 * MIB).fill(n);
    assert.deepEqual(await pool.apply(buffers.transferred, [buffer]), [0, 2 * MIB, n]);
    sums.push(await pool.apply(buffers.keep, [buffer]));
    assert.equal(buffer.byteLength, 2 * MIB);
  }
  assert.deepEqual(new Set(sums), new Set([buffers.hash(new Uint8Array(2 * MIB))]));
});

test('results, progress and what is thrown go the same way back', async (t) => {
  const pool = await openWarm(t, 2);
  const random = createRandom(seed);
  await assertNothingStays(async () => {
    await Promise.all(
      [-1, 0, 1, 5000, MIB, 4 * MIB].map(async (more) => {
        const bytes = randomBytes(random, LARGE + more);
        assert.deepEqual(await pool.apply(buffers.same, [{ bytes, buffer: bytes.buffer }]), {
          bytes,
          buffer: bytes.buffer,
        });
        const heard: unknown[] = [];
        const onProgress = (value: unknown): void => void heard.push(value);
        const error = await rejection<Error & { bytes: unknown }>(
          pool.apply(buffers.reportAndThrow, [bytes], { onProgress }),
        );
        assert.deepEqual([heard, error.bytes], [[bytes], bytes]);
        await rejection(pool.apply(buffers.reportAndThrow, [bytes])); // Nobody listens.
      }),
    );
    const items = Array.from({ length: 30 }, () => randomBytes(random, LARGE + Math.floor(random() * MIB)));
    let index = 0;
    for await (const item of pool.imap(buffers.same<Uint8Array>, items)) assert.deepEqual(item, items[index++]);
    assert.equal(index, items.length);
  });
});

test('a result of a task that is cancelled, or whose worker is killed with it, leaves nothing', async (t) => {
  const pool = await openWarm(t);
  await assertNothingStays(async () => {
    for (let n = 0; n < 4; n += 1) {
      const begun = new Event();
      const controller = new AbortController();
      const late = pool.apply(buffers.returnLate, [begun, 2 * MIB], { signal: controller.signal });
      await begun.wait();
      controller.abort();
      await rejection(late);
      assert.equal((await rejection(pool.apply(buffers.reportAndDie, [2 * MIB]))).name, 'WorkerLostError');
    }
    assert.deepEqual(await pool.apply(buffers.same, [new Uint8Array(MIB)]), new Uint8Array(MIB));
  });
});

test('resizable and detached buffers are what they were', async (t) => {
  const pool = await openWarm(t);
  const Resizable = ArrayBuffer as unknown as new (size: number, options: { maxByteLength: number }) => ArrayBuffer;
  const buffer = new Resizable(LARGE * 2, { maxByteLength: LARGE * 4 });
  const view = new Uint8Array(buffer).fill(6);
  const copies = await pool.apply(buffers.same<unknown[]>, [[view, buffer]]);
  assert.ok((copies[1] as { resizable?: boolean }).resizable);
  assert.equal((copies[0] as Uint8Array).buffer, copies[1]);
  assert.deepEqual(copies[0], view);
  const detached = new ArrayBuffer(LARGE);
  structuredClone(detached, { transfer: [detached] });
  assert.equal((await rejection(pool.apply(buffers.edges, [detached]))).name, 'SerializationError');
});

test('items of a map, and arguments of an initializer, go the same way', async (t) => {
  const random = createRandom(seed);
  const shared = randomBytes(random, 3 * MIB);
  const pool = await openWarm(t, { processes: 2, initializer: buffers.initialize, initArgs: [shared] });
  const hashes = await pool.map(buffers.initialHash, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(new Set(hashes), new Set([buffers.hash(shared)]));
  const items = Array.from({ length: 40 }, () => randomBytes(random, LARGE - 100 + Math.floor(random() * MIB)));
  await assertNothingStays(async () => {
    assert.deepEqual(await pool.map(buffers.hash, items), items.map(buffers.hash));
    assert.deepEqual(await pool.map(buffers.hash, items, { chunkSize: 7 }), items.map(buffers.hash));
  });
});

test('a task whose worker is killed gets the same bytes again', async (t) => {
  const pool = await openWarm(t, 2);
  const bytes = randomBytes(createRandom(seed), 4 * MIB);
  const sum = buffers.hash(bytes);
  await assertNothingStays(async () => {
    const runs = new Value('i32');
    const results = pool.apply(buffers.dieFirst, [bytes, runs, 3], { retries: { crashes: 3 } });
    bytes.fill(0);
    for (let n = 0; n < 5; n += 1) {
      assert.deepEqual(await pool.apply(buffers.edges, [new Uint8Array(4 * MIB).fill(n)]), [n, n, 4 * MIB]);
    }
    assert.deepEqual(await results, [4, sum]);
    const lost = pool.apply(buffers.dieFirst, [bytes, new Value('i32'), 1]);
    assert.equal((await rejection(lost)).name, 'WorkerLostError');
  });
});

test('tasks that are cancelled, before they begin or after, or run out of time leave nothing', async (t) => {
  const pool = await openWarm(t);
  const bytes = new Uint8Array(2 * MIB).fill(3);
  await assertNothingStays(async () => {
    for (let n = 0; n < 3; n += 1) {
      const begun = new Event();
      const controller = new AbortController();
      const running = pool.apply(buffers.tellAndHang, [bytes, begun], { signal: controller.signal, grace: 0 });
      const waiting = Array.from({ length: 4 }, () =>
        pool.apply(buffers.edges, [bytes], { signal: controller.signal }),
      );
      await begun.wait();
      controller.abort();
      for (const task of [running, ...waiting]) assert.equal((await rejection(task)).name, 'AbortError');
      const late = pool.apply(buffers.tellAndHang, [bytes, new Event()], { timeout: 30, grace: 0 });
      assert.equal((await rejection(late)).name, 'TaskTimeoutError');
    }
    assert.deepEqual(await pool.apply(buffers.edges, [bytes]), [3, 3, 2 * MIB]);
  });
});

test('an argument that cannot cross leaves nothing of those that could', async (t) => {
  const pool = await openWarm(t);
  await assertNothingStays(async () => {
    const error = await rejection(pool.apply(buffers.same, [[new Uint8Array(MIB), Symbol('s')]]));
    assert.equal(error.name, 'SerializationError');
  });
});

test('items of a queue arrive as they were put, also from a process that is killed then', async (t) => {
  const pool = await openWarm(t);
  const random = createRandom(seed);
  await assertNothingStays(async () => {
    const queue = new Queue<Uint8Array>();
    for (const size of [LARGE - 1, LARGE, 3 * MIB + 5]) {
      const bytes = randomBytes(random, size);
      const sum = buffers.hash(bytes);
      await queue.put(bytes);
      bytes.fill(9);
      assert.equal(await pool.apply(buffers.hashNext, [queue]), sum);
      await queue.put(bytes);
      assert.deepEqual(await queue.get(), bytes);
    }
    const dead = pool.apply(buffers.putAndDie, [queue, 2 * MIB]);
    assert.equal((await rejection(dead)).name, 'WorkerLostError');
    assert.equal(buffers.hash(await queue.get()), buffers.hash(new Uint8Array(2 * MIB).fill(5)));
    await queue.put(new Uint8Array(MIB)); // Nobody gets it.
  });
});
