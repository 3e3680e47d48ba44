import { atMost } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'Memory of an idle worker',
  unit: 'MiB',
  better: 'lower',
  size: [],
  quick: [],
  parties: [
    node('brood', ['work/idle-memory.mjs', 'worker', 'resident']),
    node('node -e, idle', ['work/idle-memory.mjs', 'node', 'resident']),
    node('brood, private pages alone', ['work/idle-memory.mjs', 'worker', 'own']),
    node('node -e, private pages alone', ['work/idle-memory.mjs', 'node', 'own']),
  ],
  goals: [atMost(1.25, 'node -e, idle')],
};
