import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Pipe round trip',
  unit: 'µs',
  better: 'lower',
  size: [50_000],
  quick: [2000],
  parties: [node('brood', ['brood/pipe.mjs']), python('CPython', ['pipe.py'])],
  goals: [atMost(0.8, 'CPython')],
};
