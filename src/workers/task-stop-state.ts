import type { Transitions } from '../util/state-machine.ts';

/** A running task that is to end. */
export type StopState =
  | 'asked' // told to the worker, which has not said that it heard
  | 'heard' // its JavaScript turns: the task can end by itself
  | 'stuck' // it has not heard for a while: it is being looked into, or was
  | 'over'; // the task has ended, one way or the other

export type StopEvent = 'hear' | 'look' | 'end';

export const STOP_TRANSITIONS: Transitions<StopState, StopEvent> = {
  asked: { hear: 'heard', look: 'stuck', end: 'over' },
  heard: { hear: 'heard', end: 'over' },
  stuck: { hear: 'stuck', end: 'over' },
  over: { hear: 'over', end: 'over' },
};
