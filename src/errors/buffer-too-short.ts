import { BroodError } from './brood-error.ts';

/** A message is longer than the room it was to go into. Code `ERR_BUFFER_TOO_SHORT`. */
export class BufferTooShort extends BroodError {
  /** The whole message, which is consumed. */
  readonly bytes: Uint8Array;

  constructor(message: string, bytes: Uint8Array, options?: ErrorOptions) {
    super('ERR_BUFFER_TOO_SHORT', message, options);
    this.bytes = bytes;
  }

  static {
    this.prototype.name = 'BufferTooShort';
  }
}
