import type { Transitions } from '../util/state-machine.ts';

export type FutureState =
  | 'pending' // it can be cancelled
  | 'running' // somebody works on it
  | 'finished' // it has a value or an error
  | 'cancelled' // it will never have one; whoever was to work on it does not know yet
  | 'notified'; // … and now does

export type FutureEvent = 'begin' | 'finish' | 'cancel' | 'notify';

export const FUTURE_TRANSITIONS: Transitions<FutureState, FutureEvent> = {
  pending: { begin: 'running', finish: 'finished', cancel: 'cancelled' },
  running: { finish: 'finished' },
  finished: {},
  cancelled: { notify: 'notified', cancel: 'cancelled' },
  notified: { cancel: 'notified' },
};
