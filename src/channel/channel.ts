/**
 * A duplex message channel between a parent and one child: a head that is plain JSON, and a body of bytes.
 *
 * Guarantees, of every implementation:
 * - a message is delivered whole or not at all, also when the writer dies after any byte;
 * - messages arrive in the order they were sent;
 * - bytes that are no message of the peer end the channel with an error, and do nothing else.
 */
export interface Channel<Out, In> {
  /** Never blocks for long, never throws once the peer is gone: its end is reported by `onEnd`. */
  send(head: Out, ...body: readonly Uint8Array[]): void;
  /** Starts delivery. `body` is the receiver's to keep. */
  receive(listener: ChannelListener<In>): void;
  /** No more messages in either direction. `onEnd` is not called any more. Idempotent. */
  close(): void;
}

export interface ChannelListener<In> {
  onMessage(head: In, body: Buffer): void;
  /** The peer closed its end or died, after its last whole message; `error` if it sent something else. Called once. */
  onEnd(error?: Error): void;
  /** The peer closed the end it reads from: it hears nothing any more, and may go on writing. */
  onDeaf?(): void;
}
