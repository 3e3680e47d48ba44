import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, summarize } from './statistics.mjs';

test('median() is the middle value, in whatever order they come', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([100, 20, 3]), 20);
});

test('median() of an even number is the mean of the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('median() leaves its argument as it is', () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test('median() of nothing is an error', () => {
  assert.throws(() => median([]), RangeError);
});

test('summarize() has the ends too', () => {
  assert.deepEqual(summarize([10, 2, 7]), { median: 7, min: 2, max: 10 });
});
