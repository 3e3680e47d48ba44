import { between } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'Task with 64 MiB that were passed through `share()`',
  unit: 'µs',
  better: 'lower',
  size: [2000],
  quick: [500],
  parties: [node('brood', ['brood/shared-argument.mjs', '64']), node('1 MiB', ['brood/shared-argument.mjs', '1'])],
  goals: [between(0.8, 1.2, '1 MiB')],
};
