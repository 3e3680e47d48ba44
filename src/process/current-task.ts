import { findContext, type TaskContext } from './task-context.ts';

export type { TaskContext } from './task-context.ts';

/** The running task, also after an `await`; null outside one. */
export function currentTask(): TaskContext | null {
  return findContext() ?? null;
}
