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

  constructor(message: string, details: { timeout: number; stuckAt: readonly string[] }, options?: ErrorOptions) {
    super(message, options, 'ERR_TASK_TIMEOUT');
    this.timeout = details.timeout;
    this.stuckAt = details.stuckAt;
  }

  static {
    this.prototype.name = 'TaskTimeoutError';
  }
}
