import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arena, attachArena, openArena } from '#dist/memory/arena.js';
import { Holds } from '#dist/memory/holds.js';
import type { PartyId } from '#dist/memory/party-slots.js';
import { requireNative } from '#dist/os/native/native.js';
import { cellsInUse, residentBytes } from '../support/arena.js';
import { TestChild } from '../support/children.js';
import { createRandom } from '../support/random.js';
import { scaled, seed } from '../support/seed.js';

const KIND = 7;
const arena: Arena = openArena(requireNative('the test'));

test('a block that fills a span is there, also as the first of an arena', () => {
  const fresh = openArena(requireNative('the test'));
  const { offset } = fresh.heap.allocate(KIND, 64 * 1024 - 16);
  assert.ok(offset > 0);
});

test('a block that is given to another party is held by it, whatever becomes of the giver', () => {
  const one = openArena(requireNative('the test'));
  const other = attachArena(requireNative('the test'), one.descriptor);
  for (const size of [40, 60_000, 3_000_000]) {
    const block = one.heap.allocate(KIND, size);
    const handle = one.heap.lend(block.life);
    assert.equal(other.handover.taken(KIND, handle), undefined);
    assert.equal(one.handover.give(block.life, other.self), true);
    one.heap.drop(block.life);
    const taken = other.handover.taken(KIND, handle);
    assert.ok(taken && taken.byteLength >= size && taken.offset === block.offset);
    assert.equal(other.handover.taken(KIND + 1, handle), undefined);
    other.heap.drop(taken.life);
    assert.equal(other.handover.taken(KIND, handle), undefined);
  }
  assert.equal(cellsInUse(one), 0);
});

test('nothing can be given to a party that is gone', () => {
  const block = arena.heap.allocate(KIND, 40);
  const gone = ((1 << 9) | 400) as PartyId;
  assert.equal(arena.handover.give(block.life, gone), false);
  assert.equal(new Holds(arena.words, arena.parties).has(gone, block.life.cell), false);
  arena.heap.drop(block.life);
});

test('a million small blocks made and dropped in a row do not grow the arena', () => {
  const first = arena.heap.allocate(KIND, 40);
  arena.heap.drop(first.life);
  const before = residentBytes(arena);
  const start = performance.now();
  for (let n = 0; n < 1_000_000; n += 1) arena.heap.drop(arena.heap.allocate(KIND, 40).life);
  console.log(`allocate + drop: ${(performance.now() - start).toFixed(0)} ns`);
  assert.ok(residentBytes(arena) - before < 1e6);
});

test('10,000 blocks of 1 MiB, written to and dropped, give their memory back', () => {
  const before = residentBytes(arena);
  let most = 0;
  for (let n = 0; n < 10_000; n += 1) {
    const block = arena.heap.allocate(KIND, 2 ** 20);
    if (n % 100 === 0) {
      const bytes = new Uint8Array(arena.view(block.offset, 2 ** 20));
      assert.equal(bytes[12345], 0);
      bytes.fill(1);
    }
    most = Math.max(most, residentBytes(arena));
    arena.heap.drop(block.life);
  }
  assert.ok(most - before < 3e6, `${most - before}`);
});

test('blocks are zero at first, do not overlap, and keep what is written', () => {
  const random = createRandom(seed);
  const live = new Map<number, { block: ReturnType<typeof arena.heap.allocate>; words: Int32Array }>();
  for (let n = 1; n < 5000; n += 1) {
    const size = random() < 0.9 ? Math.floor(random() * 2000) * 4 : Math.floor(random() * 1e5) * 4;
    const block = arena.heap.allocate(KIND, size);
    const words = new Int32Array(arena.view(block.offset, size));
    assert.ok(words.every((word) => word === 0));
    words.fill(n);
    live.set(n, { block, words });
    if (live.size > 50) {
      const [key, old] = [...live][Math.floor(random() * live.size)] ?? assert.fail();
      assert.ok(old.words.every((word) => word === key));
      arena.heap.drop(old.block.life);
      live.delete(key);
    }
  }
  for (const [key, { block, words }] of live) {
    assert.ok(words.every((word) => word === key));
    arena.heap.drop(block.life);
  }
});

test('a stale handle is a StateError, also after its memory is used again', () => {
  const block = arena.heap.allocate(KIND, 40);
  const handle = arena.heap.depart(block.life);
  arena.heap.discard(handle);
  arena.heap.drop(block.life);
  assert.throws(() => arena.heap.admit(KIND, handle), { name: 'StateError' });
  const next = arena.heap.allocate(KIND, 40);
  assert.equal(next.life.cell, block.life.cell);
  assert.throws(() => arena.heap.admit(KIND, handle), { name: 'StateError' });
  const fresh = arena.heap.depart(next.life);
  assert.throws(() => arena.heap.admit(KIND + 1, fresh), { name: 'StateError' });
  assert.throws(() => arena.heap.admit(KIND, { ...fresh, cell: fresh.cell + 0.5 }), { name: 'StateError' });
  arena.heap.drop(arena.heap.admit(KIND, fresh).life);
  arena.heap.drop(next.life);
  assert.equal(arena.heap.isLive(next.life), false);
});

test('a block in a message lives on without a holder, and ends with the last one', () => {
  const block = arena.heap.allocate(KIND, 2 ** 20);
  const handle = arena.heap.depart(block.life);
  arena.heap.drop(block.life);
  assert.equal(arena.heap.isLive(block.life), true);
  const again = arena.heap.admit(KIND, handle);
  assert.equal(again.offset, block.offset);
  arena.heap.drop(again.life);
  assert.equal(arena.heap.isLive(block.life), false);
});

test('what killed children held is taken back, whatever step they were killed at', async () => {
  const random = createRandom(seed);
  const program = new URL('./heap.child.js', import.meta.url);
  const count = 60;
  const whole = new TestChild(program, { seed, killAt: -1, count }, arena.descriptor);
  const { steps } = await whole.hear();
  await whole.ended;
  arena.reap();
  const before = residentBytes(arena);
  const rounds = scaled(24);
  for (let round = 0; round < rounds; round += 4) {
    const children = Array.from({ length: 4 }, () => {
      const killAt = 1 + Math.floor(random() * steps * 2);
      return { killAt, child: new TestChild(program, { seed, killAt, count }, arena.descriptor) };
    });
    for (const { child, killAt } of children) {
      const { signal } = await child.ended;
      assert.equal(signal, 'SIGKILL', `kill at ${killAt} of ${steps * 2}`);
    }
    arena.reap();
    assert.equal(arena.parties.listed().length, 1);
    assert.equal(cellsInUse(arena), 0, `after round ${round}`);
  }
  assert.ok(residentBytes(arena) - before < 4e6, `${residentBytes(arena) - before}`);
});
