import { atLeast } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'the same `map` in a pool that has done it before, median of ten',
  unit: 'items/s',
  better: 'higher',
  size: [1_000_000],
  quick: [200_000],
  parties: [node('brood', ['brood/map.mjs', 'again']), python('CPython Pool.map', ['pool.py', 'map-again'])],
  goals: [atLeast(2, 'CPython Pool.map')],
};
