// biome-ignore-all lint: copied from the contract, api/brood.d.ts; compared with the declarations in futures.test-d.ts.
import type { PoolOptions, Target, Wait } from './contract.js';

export interface ExecutorOptions extends Omit<PoolOptions, 'processes' | 'minProcesses'> {
  maxWorkers?: number;
}
export interface ThreadPoolExecutor extends ProcessPoolExecutor {}
export const ThreadPoolExecutor: new (options?: number | ExecutorOptions) => ThreadPoolExecutor;
export class ProcessPoolExecutor implements AsyncDisposable {
  constructor(options?: number | ExecutorOptions);
  submit<A extends unknown[], R>(fn: Target<A, R>, ...args: A): Future<Awaited<R>>;
  map<T, R>(
    fn: Target<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: { timeout?: number; chunkSize?: number; bufferSize?: number },
  ): AsyncIterableIterator<Awaited<R>>;
  shutdown(options?: { wait?: boolean; cancelFutures?: boolean }): Promise<void>;
  terminateWorkers(): void;
  killWorkers(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
export class Future<R> implements PromiseLike<R> {
  result(wait?: Wait): Promise<R>;
  exception(wait?: Wait): Promise<unknown>;
  cancel(): boolean;
  cancelled(): boolean;
  running(): boolean;
  done(): boolean;
  addDoneCallback(fn: (future: Future<R>) => void): void;
  setRunningOrNotifyCancel(): boolean;
  setResult(value: R): void;
  setException(error: unknown): void;
  then<A = R, B = never>(
    ok?: ((v: R) => A | PromiseLike<A>) | null,
    no?: ((e: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
}
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';
export function waitFutures<R>(
  futures: Iterable<Future<R>>,
  options?: { timeout?: number; returnWhen?: ReturnWhen },
): Promise<{ done: Set<Future<R>>; notDone: Set<Future<R>> }>;
export function asCompleted<R>(
  futures: Iterable<Future<R>>,
  options?: { timeout?: number },
): AsyncIterableIterator<Future<R>>;
