import assert from 'node:assert/strict';
import { test } from 'node:test';
import 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { KIND } from '#dist/memory/kinds.js';
import { PARTIES_OFFSET } from '#dist/memory/layout.js';
import { PartySlots } from '#dist/memory/party-slots.js';
import { SharedWords } from '#dist/memory/shared-words.js';

const GENERATION_BITS = 21;
const GENERATION_SHIFT = 11;

test('a cell whose generation wraps around goes on, and its last handles are stale as any', () => {
  const { heap, words } = currentArena('the test');
  const first = heap.allocate(KIND.lock, 40);
  heap.drop(first.life);
  // Free, and about to begin its last generations.
  words.store(first.life.cell, (2 ** GENERATION_BITS - 2) << GENERATION_SHIFT);
  const handles = [];
  for (let lives = 0; lives < 5; lives += 1) {
    const { life } = heap.allocate(KIND.lock, 40);
    assert.equal(life.cell, first.life.cell);
    assert.ok(heap.isLive(life));
    for (const handle of handles) assert.throws(() => heap.admit(KIND.lock, handle), { name: 'StateError' });
    handles.push(heap.lend(life));
    heap.drop(life);
    assert.ok(!heap.isLive(life));
  }
  assert.equal(new Set(handles.map(({ tag }) => tag)).size, handles.length);
});

test('a large block hangs on a cell whose generation wraps around', () => {
  const arena = currentArena('the test');
  const { heap, words } = arena;
  const first = heap.allocate(KIND.bytes, 200_000);
  heap.drop(first.life);
  words.store(first.life.cell, (2 ** GENERATION_BITS - 1) << GENERATION_SHIFT);
  for (let lives = 0; lives < 3; lives += 1) {
    const block = heap.allocate(KIND.bytes, 200_000);
    const bytes = new Uint8Array(arena.view(block.offset, 200_000));
    assert.ok(bytes.every((byte) => byte === 0));
    bytes.fill(lives + 1);
    heap.drop(block.life);
  }
});

test('a party slot whose generation wraps around serves on, and ids of before are not taken for alive', () => {
  const words = new SharedWords(new ArrayBuffer(PARTIES_OFFSET + 512 * 128));
  const alive = new Set([7]);
  const slots = new PartySlots(words, {
    status: (taskId) => (alive.has(taskId) ? { startTime: 99, isDead: false } : undefined),
    now: () => 0,
  });
  const state = PARTIES_OFFSET / 4 + 1;
  words.store(state, (2 ** 20 - 2) << 2);
  const sweeper = slots.claim(7);
  const ids = [sweeper];
  words.store(state + 32, (2 ** 20 - 2) << 2); // The next slot.
  for (let lives = 0; lives < 4; lives += 1) {
    alive.add(8);
    const party = slots.claim(8);
    assert.ok(party > 0 && slots.isListed(party) && slots.isAlive(party, true));
    for (const old of ids.slice(1)) assert.ok(!slots.isListed(old) && !slots.isAlive(old, true));
    ids.push(party);
    alive.delete(8);
    assert.ok(!slots.isAlive(party, true));
    assert.ok(slots.beginSweep(party, sweeper));
    slots.endSweep(party);
  }
  assert.equal(new Set(ids).size, ids.length);
});

test('a process number that another process has by now is no life of the first', () => {
  const words = new SharedWords(new ArrayBuffer(PARTIES_OFFSET + 512 * 128));
  let startTime: number | undefined = 1000;
  const slots = new PartySlots(words, { status: () => ({ startTime, isDead: false }), now: () => 0 });
  const party = slots.claim(42);
  startTime = undefined; // It cannot be read: to be on the safe side, it lives.
  assert.ok(slots.isAlive(party, true));
  startTime = 2 ** 31 + 1000; // Long after.
  assert.ok(!slots.isAlive(party, true));
  assert.ok(!slots.isListed(party));
});
