import { atLeast } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'Plain calls of a function in the program, after it was looked up and sent',
  unit: 'calls/s',
  better: 'higher',
  size: [50_000_000],
  quick: [20_000_000],
  parties: [
    node('brood', ['brood/plain-calls.mjs', 'found']),
    node('brood, after a closure', ['brood/plain-calls.mjs', 'closure']),
    node('not looked up', ['brood/plain-calls.mjs', 'reference']),
  ],
  goals: [atLeast(0.9, 'not looked up')],
};
