import { atMost } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'Wake-ups of an idle pool, program and workers',
  unit: '/s',
  better: 'lower',
  size: [5],
  quick: [2],
  parties: [
    node('brood', ['work/idle-wake-ups.mjs', 'pool']),
    node('node -e, idle', ['work/idle-wake-ups.mjs', 'node']),
  ],
  goals: [atMost(0)],
};
