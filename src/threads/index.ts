export { Thread } from './thread.ts';
export { ThreadPool } from './thread-pool.ts';
