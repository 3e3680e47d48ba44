import type { Transitions } from '../util/state-machine.ts';

/** A `Process` object, from its construction to its release. */
export type ProcessState =
  | 'initial' // no process exists yet
  | 'started' // it runs
  | 'stopped' // it has ended, and its exit code is known
  | 'closed'; // released: only its name and daemon flag can still be read

export type ProcessEvent = 'start' | 'end' | 'close';

export const PROCESS_TRANSITIONS: Transitions<ProcessState, ProcessEvent> = {
  initial: { start: 'started', close: 'closed' },
  started: { end: 'stopped' },
  stopped: { close: 'closed' },
  closed: { close: 'closed' },
};
