import { FixedQueue, Piscina } from 'piscina';

/**
 * Worker threads, faster than by default in three ways: 64 tasks at once per worker, the queue made for long
 * queues, and no histograms.
 */
export function open(workers) {
  const pool = new Piscina({
    filename: new URL('../tasks.mjs', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 64,
    taskQueue: new FixedQueue(),
    recordTiming: false,
  });
  return {
    run: (name, value) => pool.run(value, { name }),
    close: () => pool.close(),
  };
}
