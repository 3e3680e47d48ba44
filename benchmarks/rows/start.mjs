import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Process start + join of a no-op, spawn',
  unit: 'ms',
  better: 'lower',
  size: [10],
  quick: [4],
  parties: [
    node('brood', ['brood/start.mjs', 'spawn', 'this']),
    node('brood, target in a module without it', ['brood/start.mjs', 'spawn', 'lean']),
    node('node -e 0', ['work/node-start.mjs']),
    python('CPython spawn', ['start.py', 'spawn']),
  ],
  goals: [atMost(1.3, 'node -e 0')],
};
