import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Lock, Pool, Queue, RawArray, Value } from 'brood';
import { pipe } from 'brood/connection';
import { type Arena, attachArena, openArena } from '#dist/memory/arena.js';
import type { Block } from '#dist/memory/heap.js';
import { ARENA_SIZES, windowBytes } from '#dist/memory/layout.js';
import type { SharedWords } from '#dist/memory/shared-words.js';
import { requireNative } from '#dist/os/native/native.js';
import { move } from '../fixtures/shared/move.js';
import { cellsInUse } from '../support/arena.js';
import { TestChild } from '../support/children.js';

const KIND = 7;
/** Cells that fill a span each: no two parties need many of them before the first window is full. */
const WHOLE_SPAN = 60_000;
const FIRST = windowBytes(0);
const native = requireNative('the test');

/** One that lies where no window reaches that is as large as at first. */
function allocateBehind(arena: Arena): Block {
  for (;;) {
    const block = arena.heap.allocate(KIND, WHOLE_SPAN);
    if (block.offset > FIRST * 2.5) return block;
  }
}

test('what V8 takes for memory of the process grows with what is shared, and not with what could be', () => {
  const before = process.memoryUsage().external;
  const arena = openArena(native);
  assert.ok(process.memoryUsage().external - before <= 32 * 2 ** 20);
  assert.equal(arena.windowTo(0).byteLength, FIRST);
  allocateBehind(arena);
  assert.equal(arena.windowTo(0).byteLength, FIRST * 4);
});

test('whatever is done first with a word that another party has made behind the window, it is done', () => {
  const one = openArena(native);
  const { address } = allocateBehind(one);
  const first: Array<[number, (words: SharedWords) => unknown]> = [
    [5, (words) => words.load(address)],
    [5, (words) => words.loadOwn(address)],
    [9, (words) => words.store(address, 9)],
    [9, (words) => words.storeOwn(address, 9)],
    [9, (words) => words.replace(address, 5, 9)],
    [9, (words) => words.exchange(address, 9)],
    [9, (words) => words.add(address, 4)],
    [7, (words) => words.or(address, 2)],
    [1, (words) => words.and(address, 3)],
    [0, (words) => words.clear(address, 8)],
  ];
  for (const [expected, act] of first) {
    one.words.store(address, 5);
    const other = attachArena(native, one.descriptor);
    act(other.words);
    assert.equal(one.words.load(address), expected, String(act));
    assert.equal(other.words.load(address), expected, String(act));
  }
});

test('beyond the end of the arena there is no word', () => {
  const { words } = openArena(native);
  assert.throws(() => words.load(2 ** 30), RangeError);
  assert.throws(() => words.store(-1, 1), RangeError);
  assert.equal(words.loadOwn(2 ** 30), undefined);
});

test('a block behind the window goes to another party, and back', () => {
  const one = openArena(native);
  const other = attachArena(native, one.descriptor);
  const block = allocateBehind(one);
  const admitted = other.heap.admit(KIND, one.heap.depart(block.life));
  one.heap.drop(block.life);
  assert.equal(one.heap.isLive(block.life), true);
  assert.equal(admitted.offset, block.offset);
  new Uint8Array(other.windowTo(block.offset + 8), block.offset, 8).fill(3);
  assert.equal(new Uint8Array(one.windowTo(block.offset + 8))[block.offset + 7], 3);
  other.heap.drop(admitted.life);
  assert.equal(one.heap.isLive(block.life), false);
});

test('who has seen little of the arena gives back what one has held that was killed and had seen more', async () => {
  const arena = openArena(native);
  const child = new TestChild(
    new URL('./window.child.js', import.meta.url),
    { size: WHOLE_SPAN, until: FIRST * 3 },
    arena.descriptor,
  );
  assert.ok((await child.hear()).cells > 100);
  await child.kill();
  assert.equal(arena.windowTo(0).byteLength, FIRST);
  arena.reap();
  assert.equal(cellsInUse(arena), 0);
});

test('everything that is shared works where it lies behind the window', async () => {
  const full = Array.from({ length: 400 }, () => new RawArray('u8', WHOLE_SPAN));
  const [lock, sum, queue, [near, far]] = [new Lock(), new Value('i32', 0), new Queue<Uint8Array>(), pipe()];
  await using pool = new Pool(2);
  const sent = Array.from({ length: 300 }, (_, n) => new Uint8Array(2000).fill(n));
  const moved = pool.apply(move, [lock, sum, queue, far, sent.length]);
  for (const bytes of sent) await queue.put(bytes);
  for (const bytes of sent) assert.deepEqual(await near.recv(), bytes);
  assert.equal(await moved, sent.length);
  assert.equal(sum.value, sent.length);
  assert.equal(full.length, 400);
});

test('where there is little address space the arena is smaller, and its window follows as far', () => {
  const program = fileURLToPath(new URL('./small-arena.child.js', import.meta.url));
  const within = (kib: number): unknown => {
    const run = spawnSync('sh', ['-c', `ulimit -v ${kib}; exec "$0" "$1"`, process.execPath, program], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    return JSON.parse(run.stdout);
  };
  const [withLarge, smallest] = ARENA_SIZES.slice(-2);
  assert.deepEqual(within(40 * 2 ** 20), { byteLength: withLarge, word: 3, large: 'allocated' });
  assert.deepEqual(within(8 * 2 ** 20), { byteLength: smallest, word: 3, large: 'ERR_OUT_OF_SHARED_MEMORY' });
});
