import { BroodError } from './brood-error.ts';

/** The barrier broke while somebody waited, or is still broken: a party timed out, aborted, died, or its action threw. Code `ERR_BROKEN_BARRIER`. */
export class BrokenBarrierError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_BROKEN_BARRIER', message, options);
  }

  static {
    this.prototype.name = 'BrokenBarrierError';
  }
}
