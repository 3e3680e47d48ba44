import { SerializationError } from '../errors/serialization-error.ts';
import { decode } from '../wire/codec.ts';
import { DamagedMessageError } from '../wire/damaged-message.ts';

/** The value in a message of `send`. A promise only if a module has to be loaded for it. */
export function decodeMessage(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DamagedMessageError)) throw error;
    throw new SerializationError(
      'Cannot decode the message: send() of this library did not make it; receive it with recvBytes()',
      '',
      { cause: error },
    );
  }
}
