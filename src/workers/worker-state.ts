import type { Transitions } from '../util/state-machine.ts';

/** One worker process, as the crew that owns it sees it. */
export type WorkerState =
  | 'starting' // it boots, or its initializer runs; it takes no tasks yet
  | 'idle' // ready, and nothing to do
  | 'busy' // it has tasks, and is running one of them
  | 'finishing' // it ends after the task it is running; it gets no more, and is not missed
  | 'leaving' // told to end; there is nothing to lose with it
  | 'stopped' // ended as it was told to
  | 'lost'; // ended otherwise: what it was running is lost with it

export type WorkerEvent = 'ready' | 'assign' | 'free' | 'retire' | 'end';

export const WORKER_TRANSITIONS: Transitions<WorkerState, WorkerEvent> = {
  starting: { ready: 'idle', retire: 'leaving', end: 'lost' },
  idle: { assign: 'busy', retire: 'leaving', end: 'lost' },
  busy: { assign: 'busy', free: 'idle', retire: 'finishing', end: 'lost' },
  finishing: { free: 'leaving', retire: 'finishing', end: 'lost' },
  leaving: { ready: 'leaving', retire: 'leaving', end: 'stopped' },
  stopped: {},
  lost: {},
};
