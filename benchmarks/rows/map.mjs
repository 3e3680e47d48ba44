import { atLeast } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: '`map` of a trivial function over 1,000,000 numbers, default chunks: the first of its pool',
  unit: 'items/s',
  better: 'higher',
  size: [1_000_000],
  quick: [200_000],
  parties: [
    node('brood', ['brood/map.mjs']),
    python('CPython Pool.map', ['pool.py', 'map']),
    python('joblib (loky)', ['loky_pool.py', 'map'], { isOptional: true }),
  ],
  goals: [atLeast(2, 'CPython Pool.map')],
};
