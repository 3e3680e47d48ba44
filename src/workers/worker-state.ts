import type { Transitions } from '../util/state-machine.ts';

/** One worker process, as the crew that owns it sees it. */
export type WorkerState =
  | 'starting' // it boots, or its initializer runs; it takes no tasks yet
  | 'idle' // ready, and nothing to do
  | 'busy' // it has a chunk of tasks, and is running one of them
  | 'retiring' // told to end; it gets no more tasks, and is not missed
  | 'stopped' // ended as it was told to
  | 'lost'; // ended otherwise: what it was running is lost with it

export type WorkerEvent = 'ready' | 'assign' | 'free' | 'retire' | 'end';

export const WORKER_TRANSITIONS: Transitions<WorkerState, WorkerEvent> = {
  starting: { ready: 'idle', retire: 'retiring', end: 'lost' },
  idle: { assign: 'busy', retire: 'retiring', end: 'lost' },
  busy: { free: 'idle', retire: 'retiring', end: 'lost' },
  retiring: { ready: 'retiring', free: 'retiring', retire: 'retiring', end: 'stopped' },
  stopped: {},
  lost: {},
};
