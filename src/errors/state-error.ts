import { BroodError } from './brood-error.ts';

/** The call is not legal in the state the object is in. The message names the state and the way out. Code `ERR_STATE`. */
export class StateError extends BroodError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_STATE', message, options);
  }

  static {
    this.prototype.name = 'StateError';
  }
}
