import { Process } from '../process/process.ts';
import type { ProcessOptions } from '../process/process-options.ts';
import { setSpawn } from '../process/spawn-of.ts';
import { spawnThread } from './spawned-thread.ts';
import { checkThreadOptions } from './thread-options.ts';

/**
 * A `Process` that is a thread of this process: the same states, exit codes and rules. `pid` is this process's. `terminate()`,
 * `kill()` and `interrupt()` end the thread at once, also in a loop that never ends; its exit code names the signal that would
 * have ended a process. Options that only a process can have (`cwd`, `niceness`, `memoryLimit`) are a TypeError.
 */
// biome-ignore lint/suspicious/noExplicitAny: as in ProcessOptions.
export class Thread<A extends unknown[] = any[]> extends Process<A> {
  static {
    setSpawn(this, spawnThread);
  }

  constructor(options: ProcessOptions<A> = {}) {
    super(checkThreadOptions(options as ProcessOptions, 'a Process') as ProcessOptions<A>);
  }
}
