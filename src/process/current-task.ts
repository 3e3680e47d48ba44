import { findContext, type TaskContext, wantContexts } from './task-context.ts';

export type { TaskContext } from './task-context.ts';

// This file is all that asks for contexts: a process that has not loaded it does not need them.
wantContexts();

/** The running task, also after an `await`; null outside one. */
export function currentTask(): TaskContext | null {
  return findContext() ?? null;
}
