import { atLeast } from '../harness/goal.mjs';
import { pools, python } from '../harness/party.mjs';

export const row = {
  title: 'Task with an ArrayBuffer of 64 MiB',
  unit: 'MiB/s',
  better: 'higher',
  size: [64],
  quick: [64],
  parties: [
    ...pools('work/large-argument.mjs'),
    python('CPython apply', ['pool.py', 'large']),
    python('loky', ['loky_pool.py', 'large'], { isOptional: true }),
  ],
  goals: [atLeast(4, 'process pool'), atLeast(10, 'CPython apply')],
};
