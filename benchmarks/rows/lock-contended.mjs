import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Lock acquire + release, two processes at once',
  unit: 'ns',
  better: 'lower',
  size: [500_000],
  quick: [200_000],
  parties: [node('brood', ['brood/lock-contended.mjs']), python('CPython', ['synchronize.py', 'lock-contended'])],
  goals: [],
};
