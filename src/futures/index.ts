export { InvalidStateError } from '../errors/invalid-state-error.ts';
export { asCompleted } from './as-completed.ts';
export { type ExecutorOptions, ProcessPoolExecutor } from './executor.ts';
export { Future } from './future.ts';
export { ThreadPoolExecutor } from './thread-pool-executor.ts';
export { type ReturnWhen, waitFutures } from './wait-futures.ts';
