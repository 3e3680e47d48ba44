import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { startTimer } from '../util/timer.ts';

/** How long a pipe may be silent after its writer has ended until the rest of it is taken to be read, in milliseconds. */
const PATIENCE = 500;

/** What Node makes of a pipe to a child is a socket; what a thread writes needs nothing of the kind. */
type Source = Readable & Partial<Pick<Socket, 'ref' | 'unref'>>;

/**
 * What a child writes, for whoever reads it, also after the child's end: Node throws away at exit what nobody is reading.
 * While the child runs it is held up once nobody reads, as at any pipe; after that the rest, which is no more than the
 * system's buffer, is kept in memory, so that the descriptor is closed.
 */
export class KeptOutput {
  readonly stream: Readable;
  readonly #source: Source;
  #isWriterGone = false;
  #patience: { cancel(): void } | undefined;

  constructor(source: Readable) {
    // Not imported at the top: loading streams is a part of every child's start, and most have no output to keep.
    const { Readable } = process.getBuiltinModule('node:stream');
    const stream = new Readable({
      read: () => void source.resume(),
      destroy: (error, done) => {
        this.#patience?.cancel();
        source.destroy();
        done(error);
      },
    });
    this.stream = stream;
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      if (this.#isWriterGone) this.#waitForMore();
      if (!stream.push(chunk) && !this.#isWriterGone) source.pause();
    });
    source.once('end', () => {
      this.#patience?.cancel();
      stream.push(null);
    });
    source.once('error', (error) => stream.destroy(error));
  }

  /**
   * The child has ended: whatever is left is taken in at once, and the program lives on until it is. What else has the
   * other end open, a descendant that got away, keeps the program no longer than it takes to be sure of that.
   */
  readToEnd(): void {
    this.#isWriterGone = true;
    this.#source.ref?.();
    this.#source.resume();
    this.#waitForMore();
  }

  #waitForMore(): void {
    this.#patience?.cancel();
    this.#patience = startTimer(PATIENCE, () => this.#source.unref?.());
  }
}
