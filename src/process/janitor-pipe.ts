import type { ChildProcess } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { missingNativeReason, requireNative } from '../os/native/native.ts';
import { nap } from '../util/nap.ts';

/** How long the janitor may leave a full pipe unread before it is given up, in milliseconds: it may be in the middle of a sweep. */
const PATIENCE = 5000;
/** How often to look whether there is room, in milliseconds. */
const NAP = 1;

/** The way of orders to the janitor. What has been written reaches it, also when this process is killed right after. */
export interface JanitorPipe {
  /** What the janitor gets as its stdin. */
  readonly readEnd: number | 'pipe';
  /** Once the janitor has been spawned. */
  connect(janitor: ChildProcess): void;
  /** False: the janitor does not read any more. */
  write(line: string): boolean;
  close(): void;
}

/**
 * Orders go into the kernel at once where that is possible: a stream would hold them back until the event loop turns. Throws
 * what the system says where there can be no pipe.
 */
export function openJanitorPipe(): JanitorPipe {
  const { isMainThread } = process.getBuiltinModule('node:worker_threads');
  // What is not opened by Node is not closed when a thread ends, and the janitor would not learn of that end.
  return isMainThread && missingNativeReason() === undefined
    ? new KernelPipe(requireNative('a pipe').memory.createPipe())
    : new StreamPipe();
}

/** A program that makes and unmakes names in a loop, without a turn of its event loop, waits for the shell to follow. */
class KernelPipe implements JanitorPipe {
  readonly readEnd: number;
  readonly #writeEnd: number;
  #pid = 0;
  #isReadEndOpen = true;

  constructor([readEnd, writeEnd]: readonly [number, number]) {
    this.readEnd = readEnd;
    this.#writeEnd = writeEnd;
  }

  connect({ pid = 0 }: ChildProcess): void {
    this.#pid = pid;
    this.#closeReadEnd();
  }

  write(line: string): boolean {
    let rest: Uint8Array = Buffer.from(line);
    for (let deadline: number | undefined; rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(this.#writeEnd, rest));
        deadline = undefined;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EPIPE') return true; // Its death is noticed elsewhere.
        if (code !== 'EAGAIN') throw error;
        deadline ??= performance.now() + PATIENCE;
        if (performance.now() > deadline) return false;
        this.#wakeUp();
      }
    }
    return true;
  }

  close(): void {
    this.#closeReadEnd();
    closeSync(this.#writeEnd);
  }

  /** Somebody may have stopped it. */
  #wakeUp(): void {
    try {
      process.kill(this.#pid, 'SIGCONT');
    } catch {
      // It is gone, which the next write tells.
    }
    nap(NAP);
  }

  #closeReadEnd(): void {
    if (this.#isReadEndOpen) closeSync(this.readEnd);
    this.#isReadEndOpen = false;
  }
}

/** Without the native layer there are few names, and processes are not started that fast: the stream never has to hold a line back. */
class StreamPipe implements JanitorPipe {
  readonly readEnd = 'pipe';
  #stdin: Socket | undefined;

  connect({ stdin }: ChildProcess): void {
    this.#stdin = stdin as Socket; // What Node makes of a pipe to a child.
    this.#stdin.unref();
    this.#stdin.on('error', () => {}); // Its death is noticed elsewhere.
  }

  write(line: string): boolean {
    this.#stdin?.write(line);
    return true;
  }

  close(): void {
    this.#stdin?.destroy();
  }
}
