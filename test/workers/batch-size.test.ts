import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adaptiveSize } from '#dist/workers/batch-size.js';
import { RunCost } from '#dist/workers/run-cost.js';

function costOf(ms: number, bytes = 0): RunCost {
  const cost = new RunCost();
  cost.record(new Float32Array(10_000).fill(ms));
  if (bytes > 0) cost.recordInputs(1, bytes);
  return cost;
}

test('Chunks shrink towards the end: none is more than half of an even share of what is left', () => {
  const cost = costOf(0.001);
  for (const workers of [1, 2, 8]) {
    const sizes: number[] = [];
    for (let left = 20_000; left > 0; left -= sizes.at(-1) as number) {
      const size = adaptiveSize(cost, left, workers);
      assert.ok(size >= 1 && size <= Math.ceil(left / (2 * workers)), `${size} of ${left} for ${workers} workers`);
      sizes.push(size);
    }
    assert.ok(Math.max(...sizes) > 100);
    assert.deepEqual(sizes.slice(-workers), Array(workers).fill(1));
  }
});

test('Chunks hold a few milliseconds of work, and about a megabyte at the most', () => {
  const endless = Number.POSITIVE_INFINITY;
  assert.equal(adaptiveSize(new RunCost(), endless, 2), 1);
  assert.equal(adaptiveSize(costOf(1), endless, 2), 4);
  assert.equal(adaptiveSize(costOf(100), endless, 2), 1);
  assert.equal(adaptiveSize(costOf(0.001, 2 ** 18), endless, 2), 4);
  assert.equal(adaptiveSize(costOf(0.001, 2 ** 24), endless, 2), 1);
});
