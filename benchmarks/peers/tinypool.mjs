import { Tinypool } from 'tinypool';

/** Child processes, faster than by default: 64 tasks at once per worker. */
export function open(workers, { serialization }) {
  const pool = new Tinypool({
    filename: new URL('../tasks.mjs', import.meta.url).href,
    runtime: 'child_process',
    serialization,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 64,
  });
  return {
    run: (name, value) => pool.run(value, { name }),
    close: () => pool.destroy(),
  };
}
