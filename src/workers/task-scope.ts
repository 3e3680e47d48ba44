/** What surrounds the tasks that this worker runs, beside the pool's own. */
export interface TaskScope {
  /** Calls `call` within what came with the task. */
  run<T>(carrier: Readonly<Record<string, string>>, call: () => T): T;
  /** The worker is about to end: what was recorded of its tasks goes out. Never rejects. */
  flush(): Promise<void>;
}

let current: TaskScope | undefined;

export function setTaskScope(scope: TaskScope | undefined): void {
  current = scope;
}

export function taskScope(): TaskScope | undefined {
  return current;
}
