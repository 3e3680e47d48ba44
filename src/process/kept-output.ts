import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
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
export class KeptOutput extends Readable {
  readonly #source: Source;
  #isWriterGone = false;
  #patience: { cancel(): void } | undefined;

  constructor(source: Readable) {
    super();
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      if (this.#isWriterGone) this.#waitForMore();
      if (!this.push(chunk) && !this.#isWriterGone) source.pause();
    });
    source.once('end', () => {
      this.#patience?.cancel();
      this.push(null);
    });
    source.once('error', (error) => this.destroy(error));
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

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#patience?.cancel();
    this.#source.destroy();
    done(error);
  }
}
