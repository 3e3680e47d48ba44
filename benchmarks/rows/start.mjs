import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Process start + join of a no-op, spawn',
  unit: 'ms',
  better: 'lower',
  size: [10],
  quick: [4],
  parties: [
    node('brood', ['brood/start.mjs', 'spawn', 'this', '0']),
    node('brood, target in a module without it', ['brood/start.mjs', 'spawn', 'lean', '0']),
    node('node -e 0', ['work/node-start.mjs']),
    python('CPython spawn', ['start.py', 'spawn', '0']),
  ],
  goals: [atMost(1.3, 'node -e 0')],
};
