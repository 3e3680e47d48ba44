import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Lock acquire + release, nobody else',
  unit: 'ns',
  better: 'lower',
  size: [10_000_000],
  quick: [5_000_000],
  parties: [node('brood', ['brood/lock.mjs']), python('CPython', ['synchronize.py', 'lock'])],
  goals: [atMost(0.5, 'CPython')],
};
