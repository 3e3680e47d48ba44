import { BroodError } from './brood-error.ts';

/** The task was cancelled without a reason of the caller's own. Code `ERR_CANCELLED`. */
export class CancelledError extends BroodError {
  constructor(message: string, options?: ErrorOptions, code = 'ERR_CANCELLED') {
    super(code, message, options);
  }

  static {
    this.prototype.name = 'CancelledError';
  }
}

/** The pool or executor was terminated before this task settled. Code `ERR_POOL_TERMINATED`. */
export class PoolTerminatedError extends CancelledError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options, 'ERR_POOL_TERMINATED');
  }

  static {
    this.prototype.name = 'PoolTerminatedError';
  }
}
