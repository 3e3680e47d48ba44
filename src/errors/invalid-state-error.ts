import { BroodError } from './brood-error.ts';

/** A future that has an outcome, or is cancelled, was to get another. Code `ERR_INVALID_STATE`. */
export class InvalidStateError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INVALID_STATE', message, options);
  }

  static {
    this.prototype.name = 'InvalidStateError';
  }
}
