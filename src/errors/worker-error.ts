import { BroodError } from './brood-error.ts';

/** Why a worker process ended: by itself, by a signal, out of V8's heap, or over `memoryLimit`. */
export type LossReason = 'exit' | 'signal' | 'out-of-memory' | 'memory-limit';

export interface WorkerLoss {
  readonly pid: number;
  /** Negative: killed by that signal. Null: unknown. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: LossReason;
  /** Runs of the task so far, this one included. */
  readonly attempts: number;
  /** At most the last 64 KiB the process wrote to stderr. */
  readonly stderrTail: string;
}

/** The process that ran the task ended before it answered. Code `ERR_WORKER_LOST`. */
export class WorkerLostError extends BroodError implements WorkerLoss {
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: LossReason;
  readonly attempts: number;
  readonly stderrTail: string;

  constructor(message: string, loss: WorkerLoss, options?: ErrorOptions) {
    super('ERR_WORKER_LOST', message, options);
    this.pid = loss.pid;
    this.exitCode = loss.exitCode;
    this.signal = loss.signal;
    this.reason = loss.reason;
    this.attempts = loss.attempts;
    this.stderrTail = loss.stderrTail;
  }

  static {
    this.prototype.name = 'WorkerLostError';
  }
}

/**
 * A worker's initializer threw, or workers end before they are ready faster than they can be replaced; `cause` is the
 * first failure. Code `ERR_WORKER_START`.
 */
export class WorkerStartError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_WORKER_START', message, options);
  }

  static {
    this.prototype.name = 'WorkerStartError';
  }
}

/** The operating system refused to create a process. Code `ERR_SPAWN`. */
export class SpawnError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SPAWN', message, options);
  }

  static {
    this.prototype.name = 'SpawnError';
  }
}
