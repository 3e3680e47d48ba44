import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arena, attachArena, openArena } from '#dist/memory/arena.js';
import type { CellLife } from '#dist/memory/cells.js';
import { KIND } from '#dist/memory/kinds.js';
import { requireNative } from '#dist/os/native/native.js';
import { cellsInUse, residentBytes } from '../support/arena.js';
import { assertKillsLeaveNothing } from '../support/step-kills.js';

const MIB = 2 ** 20;

// Two parties of one arena, in one process.
function openTwo(): { one: Arena; other: Arena } {
  const one = openArena(requireNative('the test'));
  return { one, other: attachArena(requireNative('the test'), one.descriptor) };
}

function bytesAt(arena: Arena, offset: number, byteLength: number): Uint8Array {
  return new Uint8Array(arena.view(offset, byteLength));
}

test('what was kept is taken again with its memory, by a name that an old handle does not fit', () => {
  const { one, other } = openTwo();
  const { block } = one.warm.take(KIND.buffer, MIB);
  const handle = one.heap.lend(block.life);
  bytesAt(one, block.offset, MIB).fill(7);
  one.warm.keep({ block, warmBytes: MIB });
  const again = one.warm.take(KIND.frame, MIB - 5);
  assert.equal(again.block.offset, block.offset);
  assert.equal(again.warmBytes, MIB);
  assert.equal(bytesAt(other, block.offset, MIB)[MIB - 1], 7);
  assert.equal(residentBytes(one) >= MIB, true);
  for (const kind of [KIND.buffer, KIND.frame])
    assert.throws(() => other.heap.admit(kind, handle), { name: 'StateError' });
  assert.equal(one.heap.isLive(block.life), false);
  const admitted = other.heap.admit(KIND.frame, one.heap.lend(again.block.life));
  assert.equal(admitted.offset, block.offset);
  other.heap.drop(admitted.life);
  one.heap.drop(again.block.life);
  assert.equal(cellsInUse(one), 0);
});

test('what another party holds, a message carries or another object has is not taken again, until then', () => {
  const { one, other } = openTwo();
  const uses: Array<(life: CellLife) => () => void> = [
    (life) => {
      const { life: held } = other.heap.admit(KIND.buffer, one.heap.lend(life));
      return () => other.heap.drop(held);
    },
    (life) => {
      const handle = one.heap.depart(life);
      return () => other.heap.discard(handle);
    },
    (life) => {
      one.heap.share(life);
      return () => one.heap.drop(life);
    },
    (life) => {
      one.heap.share(life);
      const crate = one.crates.make(new Uint8Array(5), [life]);
      one.heap.drop(life);
      return () => one.heap.drop(crate);
    },
  ];
  for (const use of uses) {
    const { block } = one.warm.take(KIND.buffer, MIB);
    const stop = use(block.life);
    one.warm.keep({ block, warmBytes: MIB });
    const next = one.warm.take(KIND.buffer, MIB);
    assert.notEqual(next.block.offset, block.offset);
    assert.equal(one.heap.isLive(block.life), true);
    stop();
    const again = one.warm.take(KIND.buffer, MIB);
    assert.equal(again.block.offset, block.offset);
    one.warm.keep(next);
    one.warm.keep(again);
    one.warm.drop();
    assert.equal(cellsInUse(one), 0);
  }
});

test('what is given up while another party reads it stays until that is through', () => {
  const { one, other } = openTwo();
  const { block } = one.warm.take(KIND.buffer, MIB);
  bytesAt(one, block.offset, MIB).fill(7);
  const { life } = other.heap.admit(KIND.buffer, one.heap.lend(block.life));
  one.warm.keep({ block, warmBytes: MIB });
  one.warm.drop();
  assert.equal(bytesAt(other, block.offset, MIB)[9], 7);
  other.heap.drop(life);
  assert.equal(cellsInUse(one), 0);
  assert.equal(bytesAt(other, block.offset, MIB)[9], 0);
});

test('a block with far more room than is needed is left for what needs it; a larger one is not', () => {
  const { one } = openTwo();
  const large = one.warm.take(KIND.buffer, 16 * MIB);
  one.warm.keep({ block: large.block, warmBytes: 16 * MIB });
  const small = one.warm.take(KIND.buffer, MIB);
  assert.notEqual(small.block.offset, large.block.offset);
  const half = one.warm.take(KIND.buffer, 9 * MIB);
  assert.equal(half.block.offset, large.block.offset);
  one.warm.keep(half);
  const more = one.warm.take(KIND.buffer, 17 * MIB);
  assert.notEqual(more.block.offset, large.block.offset);
  one.warm.keep(small);
  one.warm.keep(more);
  one.warm.drop();
  assert.equal(cellsInUse(one), 0);
});

test('at most 256 MiB and 16 blocks are kept, and for a second', async () => {
  const { one } = openTwo();
  for (const [size, most] of [
    [128 * MIB, 2],
    [MIB / 4, 16],
  ] as const) {
    const blocks = Array.from({ length: most + 3 }, () => one.warm.take(KIND.buffer, size).block);
    for (const block of blocks) one.warm.keep({ block, warmBytes: size });
    assert.equal(cellsInUse(one), most);
    await sleep(500);
    assert.equal(cellsInUse(one), most);
    const end = performance.now() + 20_000;
    while (cellsInUse(one) > 0) {
      assert.ok(performance.now() < end, 'it is kept for good');
      await sleep(50);
    }
  }
});

test('small blocks are not kept', () => {
  const { one } = openTwo();
  const taken = one.warm.take(KIND.frame, 60_000);
  one.warm.keep({ ...taken, warmBytes: 60_000 });
  assert.equal(cellsInUse(one), 0);
});

test('a party that is killed at any step of taking and keeping leaves nothing', () =>
  assertKillsLeaveNothing(new URL('./warm-blocks.child.js', import.meta.url)));
