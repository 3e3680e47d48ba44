import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';
import * as tasks from '../tasks.mjs';

/** Child processes. */
export function open(workers, { serialization }) {
  const farm = new Worker(fileURLToPath(new URL('workers/jest-worker.cjs', import.meta.url)), {
    exposedMethods: Object.keys(tasks),
    numWorkers: workers,
    enableWorkerThreads: false,
    forkOptions: { serialization },
  });
  return {
    run: (name, value) => farm[name](value),
    close: () => farm.end(),
  };
}
