import { atMost } from '../harness/goal.mjs';
import { pools, python } from '../harness/party.mjs';

export const row = {
  title: 'One `apply` at a time',
  unit: 'µs',
  better: 'lower',
  size: [20_000],
  quick: [1000],
  parties: [
    ...pools('work/round-trip.mjs'),
    python('CPython apply', ['pool.py', 'round-trip']),
    python('loky', ['loky_pool.py', 'round-trip'], { isOptional: true }),
  ],
  goals: [atMost(0.5, 'process pool'), atMost(0.7, 'thread pool'), atMost(0.15, 'CPython apply')],
};
