import { pools } from '../harness/party.mjs';

/** Peers with slow queues do better so. No goal: what is asked for is `tasks`. */
export const row = {
  title: 'The same, at most 100 at a time',
  unit: 'tasks/s',
  better: 'higher',
  size: [100, 100_000],
  quick: [100, 20_000],
  parties: pools('work/many-tasks.mjs'),
  goals: [],
};
