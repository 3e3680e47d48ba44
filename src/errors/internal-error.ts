import { BroodError } from './brood-error.ts';

/** An invariant of the library itself broke; a bug to report, with the object's story in the message. Code `ERR_INTERNAL`. */
export class InternalError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_INTERNAL', message, options);
  }

  static {
    this.prototype.name = 'InternalError';
  }
}
