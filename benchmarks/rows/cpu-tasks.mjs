import { stepsFor } from '../harness/calibrate.mjs';
import { atLeast } from '../harness/goal.mjs';
import { node } from '../harness/party.mjs';

export const row = {
  title: 'CPU tasks of 10 ms on all cores',
  unit: 'tasks/s',
  better: 'higher',
  size: () => [400, stepsFor(10)],
  quick: () => [100, stepsFor(10)],
  parties: [node('brood', ['brood/cpu-tasks.mjs']), node('plain loops', ['work/cpu-ideal.mjs'])],
  goals: [atLeast(0.95, 'plain loops')],
};
