import { SerializationError } from '../errors/serialization-error.ts';

/** The bytes are no message of this version: whoever sent them is not, or no longer, what it should be. */
export class DamagedMessageError extends SerializationError {
  constructor(what: string, options?: ErrorOptions) {
    super(`Cannot decode a value: ${what}; both sides must run one version`, '', options);
  }
}
