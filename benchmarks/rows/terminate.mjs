import { atMost } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'terminate + join of a pool in endless loops',
  unit: 'ms',
  better: 'lower',
  size: [5],
  quick: [3],
  parties: [node('brood', ['brood/terminate.mjs'])],
  goals: [atMost(50)],
};
