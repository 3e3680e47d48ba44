import { AsyncLocalStorage } from 'node:async_hooks';

/** What a running task knows of itself. */
export interface TaskContext {
  readonly id: number;
  /** 1 on the first run. */
  readonly attempt: number;
  /** Aborts when the task is cancelled or out of time: return or throw soon, or the worker is killed. */
  readonly signal: AbortSignal;
  /** When it runs out of time, as `performance.now()` of this process; null without a limit. */
  readonly deadline: number | null;
  /** Reaches `onProgress` of the caller; of several values in a short time only the last. Cheap enough for a loop. */
  progress(value: unknown): void;
}

const contexts = new AsyncLocalStorage<TaskContext>();

/** The running task, also after an `await`; null outside one. */
export function currentTask(): TaskContext | null {
  return contexts.getStore() ?? null;
}

export function runInContext<T>(context: TaskContext, run: () => T): T {
  return contexts.run(context, run);
}
