import { BroodError } from './brood-error.ts';

/** Nobody is there any more to receive what was sent. Code `ERR_BROKEN_PIPE`. */
export class BrokenPipeError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_BROKEN_PIPE', message, options);
  }

  static {
    this.prototype.name = 'BrokenPipeError';
  }
}
