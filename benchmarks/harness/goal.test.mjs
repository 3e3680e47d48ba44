import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, between, describeGoal, judge } from './goal.mjs';

const speeds = {
  better: 'higher',
  results: [
    { name: 'brood', median: 800 },
    { name: 'slow', group: 'process pool', median: 50 },
    { name: 'fast', group: 'process pool', median: 100 },
    { name: 'failed', group: 'process pool' },
  ],
};
const durations = {
  better: 'lower',
  results: [
    { name: 'brood', median: 4 },
    { name: 'slow', group: 'process pool', median: 20 },
    { name: 'fast', group: 'process pool', median: 10 },
  ],
};

test('A goal against a group is against its best: the highest speed, the shortest time', () => {
  assert.equal(judge(atLeast(8, 'process pool'), speeds).other.name, 'fast');
  assert.equal(judge(atMost(0.5, 'process pool'), durations).other.name, 'fast');
});

test('A goal is met at its bound, and not beyond', () => {
  assert.equal(judge(atLeast(8, 'fast'), speeds).isMet, true);
  assert.equal(judge(atLeast(8.01, 'fast'), speeds).isMet, false);
  assert.equal(judge(atMost(0.4, 'fast'), durations).isMet, true);
  assert.equal(judge(atMost(0.39, 'fast'), durations).isMet, false);
  assert.equal(judge(between(0.1, 0.3, 'slow'), durations).isMet, true);
  assert.equal(judge(between(0.3, 0.9, 'slow'), durations).isMet, false);
});

test('A goal without another side is about the figure itself', () => {
  const judged = judge(atMost(5), durations);
  assert.deepEqual([judged.value, judged.other, judged.isMet], [4, undefined, true]);
});

test('Nothing is said of a goal of which a side is missing', () => {
  assert.equal(judge(atLeast(2, 'CPython'), speeds), null);
  assert.equal(judge(atLeast(2, 'failed'), speeds), null);
  assert.equal(judge(atMost(5), { better: 'lower', results: [{ name: 'brood' }] }), null);
});

test('Goals read as in a table', () => {
  assert.equal(describeGoal(atLeast(8, 'fast'), 'tasks/s'), '≥ 8×');
  assert.equal(describeGoal(between(0.8, 1.2, 'fast'), 'µs'), '0.8–1.2×');
  assert.equal(describeGoal(atMost(50), 'ms'), '≤ 50 ms');
});
