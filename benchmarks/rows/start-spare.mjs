import { atMost } from '../harness/goal.mjs';
import { node, python } from '../harness/party.mjs';

/** Time for the next spare to boot, which is what it is for. */
const PAUSE = '400';

export const row = {
  title: 'Process start + join of a no-op, spare',
  unit: 'ms',
  better: 'lower',
  size: [10],
  quick: [4],
  parties: [
    node('brood', ['brood/start.mjs', 'spare', 'this', PAUSE]),
    node('brood, one straight after the other', ['brood/start.mjs', 'spare', 'this', '0']),
    python('CPython forkserver', ['start.py', 'forkserver', PAUSE]),
    python('CPython fork', ['start.py', 'fork', PAUSE]),
  ],
  goals: [atMost(0.7, 'CPython forkserver')],
};
