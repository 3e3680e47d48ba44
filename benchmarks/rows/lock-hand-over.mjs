import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Lock.release() until the waiter in another process has it',
  unit: 'µs',
  better: 'lower',
  size: [100_000],
  quick: [1000],
  parties: [
    node('brood', ['brood/lock-hand-over.mjs', 'sync']),
    node('brood, await', ['brood/lock-hand-over.mjs', 'async']),
    python('CPython', ['synchronize.py', 'lock-hand-over']),
  ],
  goals: [atMost(1, 'CPython')],
};
