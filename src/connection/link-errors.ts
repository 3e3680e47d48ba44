import { BrokenPipeError } from '../errors/broken-pipe-error.ts';
import { BroodError } from '../errors/brood-error.ts';
import { EOFError } from '../errors/eof-error.ts';
import { StateError } from '../errors/state-error.ts';

export function endOfFile(options?: ErrorOptions): EOFError {
  return new EOFError(
    'Cannot receive from the connection: the other end is closed and all it sent is received; stop receiving',
    options,
  );
}

export function endInsideMessage(options?: ErrorOptions): EOFError {
  return new EOFError(
    'Cannot receive from the connection: its other end went in the middle of a message, which is lost; stop receiving',
    options,
  );
}

export function brokenPipe(options?: ErrorOptions): BrokenPipeError {
  return new BrokenPipeError(
    'Cannot send to the connection: nobody has its other end any more; close this end too',
    options,
  );
}

export function closedMeanwhile(action: string): StateError {
  return new StateError(
    `Cannot ${action} the connection: it was closed here meanwhile; close it when nothing is pending`,
  );
}

export function messageTooLong(length: number, maxLength: number): BroodError {
  return new BroodError(
    'ERR_MESSAGE_TOO_LONG',
    `Cannot receive from the connection: a message of ${length} bytes is announced, and ${maxLength} are allowed; raise maxLength`,
  );
}
