import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Whole lines into a stream. What a killed process leaves is every line but at most the last, which may be torn.
 * The first failure of the stream goes to `onError`; lines after it are dropped, so that nobody waits for a reader that left.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #onError: (error: Error) => void;
  #failed = false;
  #drained: Promise<void> | null = null;

  constructor(stream: Writable, onError: (error: Error) => void) {
    this.#stream = stream;
    this.#onError = onError;
    stream.on('error', (error) => this.#fail(error));
  }

  /** A promise when the stream has enough to do: wait for it before writing more. */
  write(line: string): Promise<void> | undefined {
    if (this.#failed || this.#stream.write(line)) return undefined;
    this.#drained ??= this.#waitForDrain();
    return this.#drained;
  }

  /** Resolves once every line is written. A file is closed; stdout stays open for whoever else uses it. */
  async close(): Promise<void> {
    if (this.#failed) return;
    const stream = this.#stream;
    await new Promise<void>((resolve) => {
      const settle = (error?: Error | null): void => {
        if (error) this.#fail(error);
        resolve();
      };
      if (stream === process.stdout) stream.write('', settle);
      else stream.end(settle);
    });
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onError(error);
  }

  async #waitForDrain(): Promise<void> {
    try {
      await once(this.#stream, 'drain');
    } catch {
      // The error listener has told the owner.
    }
    this.#drained = null;
  }
}
