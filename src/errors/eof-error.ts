import { BroodError } from './brood-error.ts';

/** The other end of the connection is gone, and everything it sent has been received. Code `ERR_EOF`. */
export class EOFError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_EOF', message, options);
  }

  static {
    this.prototype.name = 'EOFError';
  }
}
