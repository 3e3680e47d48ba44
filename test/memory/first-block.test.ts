import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';

test('the first block of an arena may be of any size', () => {
  for (const byteLength of [1, 40_000, 65_000, 70_000]) {
    const arena = openArena(requireNative('the test'));
    assert.ok(arena.heap.allocate(7, byteLength).offset > 0);
  }
});
