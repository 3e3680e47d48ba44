import type { Transitions } from '../util/state-machine.ts';

/** One operating-system process that was started here. */
export type ChildState =
  | 'running' // it exists, or existed a moment ago
  | 'draining' // it has been reaped; what it last wrote is still being read
  | 'ended'; // nothing of it is left: no process of its tree, no descriptor, no pending promise

export type ChildEvent = 'exit' | 'drained';

export const CHILD_TRANSITIONS: Transitions<ChildState, ChildEvent> = {
  running: { exit: 'draining' },
  draining: { drained: 'ended' },
  ended: {},
};
