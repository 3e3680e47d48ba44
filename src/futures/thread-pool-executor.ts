import { setSpawn } from '../process/spawn-of.ts';
import { spawnThread } from '../threads/spawned-thread.ts';
import { checkThreadOptions } from '../threads/thread-options.ts';
import { type ExecutorOptions, ProcessPoolExecutor } from './executor.ts';

/** A `ProcessPoolExecutor` whose workers are threads of this process, with what that means for a `ThreadPool`. */
export class ThreadPoolExecutor extends ProcessPoolExecutor {
  static {
    setSpawn(this, spawnThread);
  }

  constructor(options: number | ExecutorOptions = {}) {
    super(checkThreadOptions(options, 'a ProcessPoolExecutor'));
  }
}
