import { atLeast } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

export const row = {
  title: 'Queue, one producer, one consumer, small items',
  unit: 'items/s',
  better: 'higher',
  size: [1_000_000],
  quick: [20_000],
  parties: [
    node('brood', ['brood/queue.mjs', 'async']),
    node('brood, putSync and getSync', ['brood/queue.mjs', 'sync']),
    python('CPython', ['queue_items.py']),
  ],
  goals: [atLeast(4, 'CPython')],
};
