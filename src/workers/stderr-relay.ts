import { createDeferred, type Deferred } from '../util/deferred.ts';
import type { Sink } from './output.ts';

/** How much of a worker's last output its loss is reported with, in bytes. */
const TAIL = 64 * 1024;

/** What Node's inspector says on stderr when a signal wakes it and a client comes and goes. */
const INSPECTOR_LINE =
  /^(Debugger listening on (ws:\S+)|For help, see: https:\/\/nodejs\.org\/\S*|Debugger attached\.|Debugger ending on ws:\S+|Waiting for the debugger to disconnect\.\.\.)$/;

/**
 * A worker's stderr on its way to ours. Keeps the last 64 KiB, and holds back what the inspector prints while somebody looks
 * where the worker is stuck.
 */
export class StderrRelay {
  readonly #sink: Sink | undefined;
  #tail: Buffer[] = [];
  #tailLength = 0;
  #inspector: Deferred<string> | undefined;
  /** The start of a line that may turn out to be the inspector's. */
  #partial = '';

  constructor(stream: NodeJS.ReadableStream, sink: Sink | undefined) {
    this.#sink = sink;
    stream.on('data', (chunk: Buffer) => this.#pass(this.#inspector ? this.#withoutInspector(chunk) : chunk));
    stream.on('end', () => {
      this.#passPartial();
      sink?.end();
    });
    stream.on('error', () => {});
  }

  /** At most the last 64 KiB. */
  get tail(): string {
    return Buffer.concat(this.#tail).subarray(-TAIL).toString('utf8');
  }

  /** From now on the inspector may speak. Resolves to the URL it listens on: another one each time it is woken. */
  expectInspector(): Promise<string> {
    this.#inspector = createDeferred<string>();
    return this.#inspector.promise;
  }

  #pass(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#tail.push(chunk);
    this.#tailLength += chunk.length;
    while (this.#tailLength - (this.#tail[0]?.length ?? 0) >= TAIL) this.#tailLength -= this.#tail.shift()?.length ?? 0;
    this.#sink?.write(chunk);
  }

  /** No more of the line will come: it was not the inspector's. */
  #passPartial(): void {
    this.#pass(Buffer.from(this.#partial, 'latin1'));
    this.#partial = '';
  }

  #withoutInspector(chunk: Buffer): Buffer {
    const lines = (this.#partial + chunk.toString('latin1')).split('\n');
    const last = lines.pop() as string;
    const isPending = /^(D|F|W)/.test(last) && last.length < 256;
    this.#partial = isPending ? last : '';
    const kept = lines.filter((line) => {
      const match = INSPECTOR_LINE.exec(line);
      if (match?.[2]) this.#inspector?.resolve(match[2]);
      return !match;
    });
    return Buffer.from(kept.map((line) => `${line}\n`).join('') + (isPending ? '' : last), 'latin1');
  }
}
