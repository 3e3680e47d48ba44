import type { PoolOptions } from '../pool/pool-options.ts';
import type { ProcessOptions } from '../process/process-options.ts';

const PROCESS_ONLY = ['cwd', 'niceness', 'memoryLimit', 'maxMemoryPerChild'] as const;

/** Throws a TypeError for an option that only a process can have. */
export function checkThreadOptions<O extends ProcessOptions | PoolOptions | number>(options: O, instead: string): O {
  if (typeof options !== 'object' || options === null) return options;
  for (const name of PROCESS_ONLY) {
    if ((options as Record<string, unknown>)[name] === undefined) continue;
    throw new TypeError(
      `Cannot use ${name} for threads: they share directory, priority and memory with this process; use ${instead}, or leave it out`,
    );
  }
  return options;
}
