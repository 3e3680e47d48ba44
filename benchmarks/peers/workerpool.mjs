import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

/** Child processes. */
export function open(workers, { serialization }) {
  const pool = workerpool.pool(fileURLToPath(new URL('workers/workerpool.mjs', import.meta.url)), {
    workerType: 'process',
    minWorkers: workers,
    maxWorkers: workers,
    forkOpts: { serialization },
  });
  return {
    run: (name, value) => pool.exec(name, [value]),
    close: () => pool.terminate(),
  };
}
