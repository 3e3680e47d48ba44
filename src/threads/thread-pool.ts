import { Pool } from '../pool/pool.ts';
import type { PoolOptions } from '../pool/pool-options.ts';
import { setSpawn } from '../process/spawn-of.ts';
import { spawnThread } from './spawned-thread.ts';
import { checkThreadOptions } from './thread-options.ts';

/**
 * A `Pool` whose workers are threads of this process: less to start and no isolation. A task that ends its thread costs
 * that thread; one that ends the process costs all. `stuckAt` is empty: a thread's stack cannot be read from beside it.
 * Options that only a process can have (`cwd`, `niceness`, `memoryLimit`, `maxMemoryPerChild`) are a TypeError.
 */
export class ThreadPool extends Pool {
  static {
    setSpawn(this, spawnThread);
  }

  constructor(options: number | PoolOptions = {}) {
    super(checkThreadOptions(options, 'a Pool'));
  }
}
