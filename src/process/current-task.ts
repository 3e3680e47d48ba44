import { findContext, type TaskContext } from './task-context.ts';

export type { TaskContext } from './task-context.ts';

/**
 * The running task, also after an `await`; null outside one. What a task leaves behind, and asks after its task has ended, finds that
 * one as well, except of tasks that began before this was first called in their process: there is null then, or the task that runs.
 */
export function currentTask(): TaskContext | null {
  return findContext() ?? null;
}
