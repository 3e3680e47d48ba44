import { BroodError } from './brood-error.ts';

/** A value cannot cross to another process. Code `ERR_SERIALIZATION`. */
export class SerializationError extends BroodError {
  /** Where it sits in what was handed over: `args[0].items[3].socket`. */
  readonly path: string;

  constructor(message: string, path: string, options?: ErrorOptions, code = 'ERR_SERIALIZATION') {
    super(code, message, options);
    this.path = path;
  }

  static {
    this.prototype.name = 'SerializationError';
  }
}

/** The task ended, but its result cannot cross; the worker lives on. Code `ERR_RESULT_SERIALIZATION`. */
export class ResultSerializationError extends SerializationError {
  /** The result as `util.inspect` shows it, shortened. */
  readonly value: string;

  constructor(message: string, details: { path: string; value: string }, options?: ErrorOptions) {
    super(message, details.path, options, 'ERR_RESULT_SERIALIZATION');
    this.value = details.value;
  }

  static {
    this.prototype.name = 'ResultSerializationError';
  }
}
