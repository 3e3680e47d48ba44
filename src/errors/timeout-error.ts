import { BroodError } from './brood-error.ts';

/** A wait ran out of time; what was waited for goes on. Code `ERR_TIMEOUT`. */
export class TimeoutError extends BroodError {
  constructor(message: string, options?: ErrorOptions, code = 'ERR_TIMEOUT') {
    super(code, message, options);
  }

  static {
    this.prototype.name = 'TimeoutError';
  }
}

/** A task outran its own `timeout` and was stopped. Code `ERR_TASK_TIMEOUT`. */
export class TaskTimeoutError extends TimeoutError {
  /** The limit that was passed, in milliseconds. */
  readonly timeout: number;
  /** Where the worker's JavaScript was when time ran out, innermost frame first; empty if it could not be read. */
  readonly stuckAt: readonly string[];
  /** The worker it ran in, the last time. */
  readonly pid: number;
  /** How often it was run. */
  readonly attempts: number;

  constructor(
    message: string,
    details: Pick<TaskTimeoutError, 'timeout' | 'stuckAt' | 'pid' | 'attempts'>,
    options?: ErrorOptions,
  ) {
    super(message, options, 'ERR_TASK_TIMEOUT');
    this.timeout = details.timeout;
    this.stuckAt = details.stuckAt;
    this.pid = details.pid;
    this.attempts = details.attempts;
  }

  static {
    this.prototype.name = 'TaskTimeoutError';
  }
}
