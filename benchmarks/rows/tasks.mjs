import { atLeast } from '../harness/goal.mjs';
import { pools, python } from '../harness/party.mjs';

export const row = {
  title: '100,000 no-op tasks, each awaited on its own',
  unit: 'tasks/s',
  better: 'higher',
  size: [100_000],
  quick: [20_000],
  parties: [
    ...pools('work/many-tasks.mjs', ['Infinity']),
    python('CPython apply_async', ['pool.py', 'tasks']),
    python('loky', ['loky_pool.py', 'tasks'], { isOptional: true }),
  ],
  goals: [atLeast(8, 'process pool'), atLeast(6, 'thread pool'), atLeast(15, 'CPython apply_async')],
};
