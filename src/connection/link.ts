import type { CellLife } from '../memory/cells.ts';
import type { Carriage } from '../memory/handle-kind.ts';
import type { NormalizedWait } from '../util/wait.ts';

/** What moves the messages of a connection. Directions and misuse are the connection's concern, not the link's. */
export interface Link {
  /** What keeps the shared memory that its messages refer to. */
  readonly carriage: Exclude<Carriage, 'lent'>;
  /**
   * Settles once the message has left this process. The bytes must not change before. Messages go in the order of the
   * calls. Rejects with a BrokenPipeError when nobody can receive it, with a StateError when the link is closed meanwhile. `list` is
   * what a message refers to whose carriage is 'listed': the caller holds it, and the link drops it.
   */
  send(kind: MessageKind, bytes: Uint8Array, list?: readonly CellLife[]): Promise<void>;
  /**
   * The next message; undefined if time ran out. Calls are served in their order. Rejects with an EOFError at the end, with
   * `ERR_MESSAGE_TOO_LONG` before a message above `maxLength` bytes, with a StateError when the link is closed meanwhile.
   */
  receive(maxLength: number, wait: NormalizedWait): Promise<Received | undefined>;
  /** True once `receive` has something to say, the end included; false if time ran out. Takes nothing. */
  waitReadable(wait: NormalizedWait): Promise<boolean>;
  /** Idempotent. What was sent before still arrives. */
  close(): void;
}

export interface Received {
  readonly bytes: Uint8Array;
  /** Lets go of what the message refers to. To be called once, after it has been decoded. */
  release?(): void;
}

/** Bytes of a user, or the encoding of a value, in which there may be handles. */
export type MessageKind = 'bytes' | 'value';
