import { BroodError } from './brood-error.ts';

/** The two sides of a new connection do not share the key, or one of them does not speak the protocol. Code `ERR_AUTHENTICATION`. */
export class AuthenticationError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_AUTHENTICATION', message, options);
  }

  static {
    this.prototype.name = 'AuthenticationError';
  }
}
