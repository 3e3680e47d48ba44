import { node } from '../harness/party.mjs';

export const row = {
  title: 'First use of a function: CPU time of the look-up, while the worker starts',
  unit: 'ms',
  better: 'lower',
  size: [],
  quick: [],
  parties: [
    node('brood', ['brood/first-use.mjs', 'exported']),
    node('brood, a closure', ['brood/first-use.mjs', 'closure']),
  ],
  goals: [{ most: 40 }],
};
