import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Process start + join of a no-op, spare',
  unit: 'ms',
  better: 'lower',
  size: [10],
  quick: [4],
  parties: [
    node('brood', ['brood/start.mjs', 'spare', 'this']),
    python('CPython forkserver', ['start.py', 'forkserver']),
    python('CPython fork', ['start.py', 'fork']),
  ],
  goals: [atMost(0.7, 'CPython forkserver')],
};
