import type { Transitions } from '../util/state-machine.ts';

export type TaskState =
  | 'queued' // no worker has it; it can be cancelled without a trace
  | 'sent' // a worker has it, behind others of its chunk
  | 'running' // it is its turn in the worker that has it
  | 'settled'; // its outcome is known and told; nothing changes it any more

export type TaskEvent = 'send' | 'begin' | 'requeue' | 'settle';

export const TASK_TRANSITIONS: Transitions<TaskState, TaskEvent> = {
  queued: { send: 'sent', settle: 'settled' },
  sent: { begin: 'running', requeue: 'queued', settle: 'settled' },
  running: { requeue: 'queued', settle: 'settled' },
  settled: {},
};
