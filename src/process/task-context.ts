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

/** Stands for a task until somebody looks at what it knows of itself. */
export interface ContextHolder {
  readonly context: TaskContext;
}

const contexts = new AsyncLocalStorage<ContextHolder | undefined>();

let isWanted = false;
let findRunning: () => TaskContext | undefined = () => undefined;

/** False: nobody in this process has asked yet, and tasks are run without. */
export function areContextsWanted(): boolean {
  return isWanted;
}

/** What runs one task at a time says how to find the one that was begun without a context: somebody asks for the first time. */
export function offerRunningTask(find: () => TaskContext | undefined): void {
  findRunning = find;
}

export function runInContext<T>(context: TaskContext, run: () => T): T {
  return contexts.run({ context }, run);
}

/** What is called from here on, and what that leaves behind, belongs to that task, or to none. Cheaper than a function for each. */
export function enterContext(holder: ContextHolder | undefined): void {
  contexts.enterWith(holder);
}

export function findContext(): TaskContext | undefined {
  isWanted = true;
  return contexts.getStore()?.context ?? findRunning();
}
