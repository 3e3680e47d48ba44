/** Where the output of workers goes: where this process's does, there too but with the worker's name before each line, or nowhere. */
export type WorkerOutput = 'inherit' | 'prefix' | 'ignore';

export const WORKER_OUTPUTS: readonly WorkerOutput[] = ['inherit', 'prefix', 'ignore'];

/** What takes a stream's bytes as they come. */
export interface Sink {
  write(chunk: Buffer): void;
  /** No more will come. */
  end(): void;
}

type Target = 'stdout' | 'stderr';

const NEWLINE = 0x0a;

/** So much of a line is kept while its end has not come, in bytes; what is longer is cut there. */
const LONGEST_LINE = 1024 * 1024;

const hasListener: Record<Target, boolean> = { stdout: false, stderr: false };

/** To a stream of this process. A task that writes must not end a program whose own output nobody reads any more. */
class PassingSink implements Sink {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  write(chunk: Buffer): void {
    const stream = process[this.#target];
    if (!hasListener[this.#target]) stream.on('error', () => {});
    hasListener[this.#target] = true;
    stream.write(chunk);
  }

  end(): void {}
}

/** Whole lines, each with a prefix; lines of several workers never mix. A last line without its end gets one. */
class PrefixingSink implements Sink {
  readonly #prefix: Buffer;
  readonly #next: Sink;
  /** The beginning of a line. */
  #pending: Buffer[] = [];
  #pendingLength = 0;

  constructor(prefix: string, next: Sink) {
    this.#prefix = Buffer.from(prefix);
    this.#next = next;
  }

  write(chunk: Buffer): void {
    const parts: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(this.#prefix, ...this.#pending.splice(0), chunk.subarray(start, end + 1));
      this.#pendingLength = 0;
      start = end + 1;
    }
    if (parts.length > 0) this.#next.write(Buffer.concat(parts));
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#pendingLength > 0) this.write(Buffer.from([NEWLINE]));
  }

  #keep(part: Buffer): void {
    this.#pending.push(part);
    this.#pendingLength += part.length;
    if (this.#pendingLength > LONGEST_LINE) this.end();
  }
}

/** Undefined for output that goes nowhere. */
export function outputSink(output: WorkerOutput, target: Target, name: string): Sink | undefined {
  switch (output) {
    case 'prefix':
      return new PrefixingSink(`[${name}] `, new PassingSink(target));
    case 'inherit':
      return new PassingSink(target);
    case 'ignore':
      return undefined;
    default:
      throw output satisfies never;
  }
}
