import type { LossReason } from '../errors/worker-error.ts';

/** A task as the messages about it show it: the same object in all of them. */
export interface ObservedTask {
  /** In the worker `currentTask().id`. */
  readonly id: number;
  /** Name of the pool or executor. */
  readonly pool: string;
  /** Name of the function. */
  readonly name: string;
  /** Which item of its map or iteration it is; null for a call. */
  readonly index: number | null;
  /**
   * Goes to the worker with the task, where `brood/opentelemetry` takes it for the context of the call. To be filled by
   * subscribers of `brood:task:create`.
   */
  readonly carrier: Record<string, string>;
}

/** A worker as messages show it. */
export interface ObservedWorker {
  /** Of a thread: this process's. */
  readonly pid: number;
  /** `PoolWorker-<n>`, another one for each worker that this process starts. */
  readonly name: string;
}

/** How a worker ended. */
export interface ObservedEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A call was submitted, or an item read. What follows is about this task, and ends with `brood:task:end`. */
export interface TaskCreateMessage {
  readonly task: ObservedTask;
}

/**
 * A worker begins the task, as far as this process can know: all that the worker had before is answered. Tasks that are answered
 * together begin, as far as messages tell, when their answers are read. One that its worker has to give back after all starts again.
 */
export interface TaskStartMessage {
  readonly task: ObservedTask;
  /** 1 for the first. */
  readonly attempt: number;
  readonly worker: ObservedWorker;
}

/** The worker that had begun the task ended. `brood:task:retry` or `brood:task:end` follows. */
export interface TaskLossMessage extends ObservedEnd {
  readonly task: ObservedTask;
  readonly attempt: number;
  readonly worker: ObservedWorker;
  readonly reason: LossReason;
}

/** The task has failed, and will run again. */
export interface TaskRetryMessage {
  readonly task: ObservedTask;
  /** The one that failed. */
  readonly attempt: number;
  readonly error: unknown;
  /** Milliseconds until it is queued again. */
  readonly delay: number;
}

/** The task has settled. */
export interface TaskEndMessage {
  readonly task: ObservedTask;
  /** How often it was given to a worker, to be run there; 0: never. */
  readonly attempts: number;
  readonly outcome: 'done' | 'failed' | 'cancelled';
  /** What it failed with, or was cancelled with; undefined if it is done. */
  readonly error: unknown;
  /** Milliseconds of its last run, as its worker measured; null where that was not told. */
  readonly runTime: number | null;
}

/** A worker was started. It takes tasks when it has booted and its initializer is through. */
export interface WorkerStartMessage {
  readonly pool: string;
  readonly worker: ObservedWorker;
}

/**
 * A worker that starts or has tasks does not run, because a signal or a debugger has stopped it. Once for each stop, a second or two
 * after it; also for one that was stopped before it got its task.
 */
export interface WorkerSuspendMessage {
  readonly pool: string;
  readonly worker: ObservedWorker;
  /** The one that waits for it; null: it is starting. */
  readonly task: ObservedTask | null;
  /** When that was first seen, in milliseconds since the epoch. */
  readonly since: number;
  /** Process id of the debugger that holds it; null: a signal has stopped it. */
  readonly tracer: number | null;
}

/** A worker ended. */
export interface WorkerEndMessage extends ObservedEnd {
  readonly pool: string;
  readonly worker: ObservedWorker;
  /** Why it was lost; null: it was told to end. */
  readonly reason: LossReason | null;
}

/** Every channel of `node:diagnostics_channel` that pools and executors publish to, and what. */
export interface DiagnosticsMessages {
  'brood:task:create': TaskCreateMessage;
  'brood:task:start': TaskStartMessage;
  'brood:task:loss': TaskLossMessage;
  'brood:task:retry': TaskRetryMessage;
  'brood:task:end': TaskEndMessage;
  'brood:worker:start': WorkerStartMessage;
  'brood:worker:suspend': WorkerSuspendMessage;
  'brood:worker:end': WorkerEndMessage;
}
