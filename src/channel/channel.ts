/**
 * A duplex message channel between a parent and one child: a head that is plain JSON, and a body of bytes.
 *
 * Guarantees, of every implementation:
 * - a message is delivered whole or not at all, also when the writer dies after any byte;
 * - messages arrive in the order they were sent, and those that had left the writer before it died arrive before `onEnd`;
 * - what the child sends has left its process when `send` returns;
 * - what is no message of the peer ends the channel with an error, and does nothing else.
 */
export interface Channel<Out, In> {
  /**
   * Never throws once the peer is gone: its end is reported by `onEnd`. The bytes of `body` must not change any more. In a parent
   * it never blocks: what the child has no room for waits in memory. In a child it blocks while the parent does not read.
   */
  send(head: Out, ...body: readonly Uint8Array[]): void;
  /** Starts delivery, once. */
  receive(listener: ChannelListener<In>): void;
  /** No more messages in either direction. `onEnd` is not called any more. Idempotent. */
  close(): void;
}

/** The end that a child has. */
export interface ChildChannel<Out, In> extends Channel<Out, In> {
  /**
   * There is nothing to do until the next message. The channel may then wait for it without a turn of the event loop, as
   * long as nothing else is alive there, and never for more than a moment.
   */
  rest(): void;
}

export interface ChannelListener<In> {
  /** What it throws is an uncaught error, and costs no other message. */
  onMessage(head: In, body: Buffer): void | Promise<void>;
  /** The peer closed its end or died, after its last whole message; `error` if it sent something else. Called once. */
  onEnd(error?: Error): void;
  /** The peer closed the end it reads from: it hears nothing any more, and may go on writing. */
  onDeaf?(): void;
  /**
   * `body` is used no longer than until what `onMessage` returns has settled, and nothing made of it shares its memory: it may
   * be lent instead of copied. Otherwise it is the listener's to keep.
   */
  readonly borrows?: boolean;
}
