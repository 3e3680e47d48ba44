import { CancelledError } from '../errors/cancelled-error.ts';
import { StateError } from '../errors/state-error.ts';
import type { Target } from '../functions/function-ref.ts';
import { checkBufferSize, checkChunkSize } from '../pool/chunk-size.ts';
import { ResultIterator } from '../pool/imap-iterator.ts';
import { ImapJob } from '../pool/imap-job.ts';
import type { Items } from '../pool/input.ts';
import { type PoolOptions, resolvePoolOptions } from '../pool/pool-options.ts';
import { readAhead } from '../pool/read-ahead.ts';
import { TaskKinds } from '../pool/task-kinds.ts';
import { refuseWhileImporting } from '../process/import-guard.ts';
import { spawnOf } from '../process/spawn-of.ts';
import { checkOptions } from '../util/options.ts';
import { waitFor } from '../util/wait.ts';
import { Crew } from '../workers/crew.ts';
import { callOf } from '../workers/encode-tasks.ts';
import { resolveTaskOptions, type TaskSettings } from '../workers/task-options.ts';
import { ExecutorIterator } from './executor-iterator.ts';
import type { Future } from './future.ts';
import { TaskFuture } from './task-future.ts';

export interface ExecutorOptions extends Omit<PoolOptions, 'processes' | 'minProcesses'> {
  /** Workers at the most; they are started when there is work for them. Default: `cpuCount()`. */
  maxWorkers?: number;
}

let count = 0;

/** The executor that a user dropped: nobody can submit to it any more. */
const dropped = new FinalizationRegistry<Crew>((crew) => {
  if (crew.state === 'open') crew.endUnattended();
});

/**
 * Python's `concurrent.futures` on the workers of a pool. A lost worker fails its own task only. Workers are started on demand.
 * Unsettled futures keep the program alive, an idle executor does not. One that is garbage-collected completes what was
 * submitted, and ends its workers.
 *
 * @example
 * await using executor = new ProcessPoolExecutor();
 * const future = executor.submit(fibonacci, 30);
 * console.log(await future);
 */
export class ProcessPoolExecutor implements AsyncDisposable {
  readonly #crew: Crew;
  readonly #settings: TaskSettings;
  readonly #kinds = new TaskKinds();
  readonly #futures = new Set<TaskFuture<unknown>>();
  readonly #iterations = new Set<ImapJob<unknown>>();

  /** A number is `maxWorkers`. Throws a RangeError or TypeError for an option that cannot be. */
  constructor(options: number | ExecutorOptions = {}) {
    refuseWhileImporting('an executor');
    if (typeof options !== 'number') checkOptions(options);
    const { maxWorkers, ...rest } = typeof options === 'number' ? { maxWorkers: options } : options;
    count += 1;
    const name = `${new.target.name}-${count}`;
    this.#crew = new Crew(
      resolvePoolOptions(
        {
          name,
          ...rest,
          ...(maxWorkers !== undefined && { processes: maxWorkers }),
          minProcesses: 0,
        },
        spawnOf(new.target),
      ),
    );
    this.#settings = resolveTaskOptions(typeof options === 'object' ? options.task : undefined);
    dropped.register(this, this.#crew, this);
  }

  /** `fn(...args)` in a worker. Throws a StateError after shutdown, a SerializationError if fn or an argument cannot cross. */
  submit<A extends unknown[], R>(fn: Target<A, R>, ...args: A): Future<Awaited<R>> {
    this.#checkOpen('take a task');
    const kind = this.#kinds.find(fn as Target, callOf(args), this.#settings);
    const futures = this.#futures; // A future outlives its executor, and is not to keep it from being collected.
    const future = new TaskFuture<Awaited<R>>(this.#crew, kind, args, (done) => futures.delete(done));
    if (!future.done()) futures.add(future as TaskFuture<unknown>);
    return future;
  }

  /**
   * `fn(item)` for each item, results in the order of the items. The input is read no more than `bufferSize` items ahead of
   * the consumer (default: 2 × workers × chunk). The first failure ends the iteration, and so does `timeout`, in milliseconds from this
   * call; whatever has not started then is cancelled.
   */
  map<T, R>(
    fn: Target<[T], R>,
    items: Items<T>,
    options: { timeout?: number; chunkSize?: number; bufferSize?: number } = {},
  ): AsyncIterableIterator<Awaited<R>> {
    this.#checkOpen('take tasks');
    const crew = this.#crew;
    const chunkSize = checkChunkSize(options.chunkSize, 1);
    const bufferSize = checkBufferSize(options.bufferSize);
    const kind = this.#kinds.find(fn as Target, 'item', this.#settings);
    const window = (): number =>
      crew.state === 'open'
        ? (bufferSize ?? readAhead(crew.processes, chunkSize, kind.cost))
        : Number.POSITIVE_INFINITY;
    const job = new ImapJob<unknown>(crew, kind, items, {
      chunkSize,
      isOrdered: true,
      window,
      signal: undefined,
      unreleased: this.#iterations,
    });
    return new ExecutorIterator<Awaited<R>>(new ResultIterator(job), options.timeout);
  }

  /**
   * No more tasks. What was submitted completes, also what iterations have not read yet; with `cancelFutures` what no worker has begun is
   * cancelled. Resolves once all workers are gone, or with `wait: false` at once. Idempotent.
   */
  async shutdown(options: { wait?: boolean; cancelFutures?: boolean } = {}): Promise<void> {
    checkOptions(options);
    const { wait = true, cancelFutures = false } = options;
    dropped.unregister(this);
    if (this.#crew.state === 'open') this.#crew.close();
    if (cancelFutures) this.#cancelAll();
    else for (const iteration of this.#iterations) iteration.goOn();
    if (wait) await waitFor(this.#crew.ended, () => this.#crew.state === 'ended', undefined);
  }

  /**
   * shutdown() without waiting; what no worker has begun is cancelled, and the workers get SIGTERM: what they run fails with a
   * WorkerLostError.
   */
  terminateWorkers(): void {
    this.#endWorkers('SIGTERM');
  }

  /** The same with SIGKILL. */
  killWorkers(): void {
    this.#endWorkers('SIGKILL');
  }

  /** shutdown(). */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #endWorkers(signal: NodeJS.Signals): void {
    void this.shutdown({ wait: false, cancelFutures: true });
    this.#crew.signalWorkers(signal);
  }

  #cancelAll(): void {
    // From the last to the first: none of them gets its turn meanwhile.
    for (const future of [...this.#futures].reverse()) future.cancel();
    for (const iteration of [...this.#iterations])
      iteration.abandonWaiting(new CancelledError('The executor was shut down'));
  }

  #checkOpen(action: string): void {
    const { state, name } = this.#crew;
    if (state === 'open') return;
    throw new StateError(`Cannot ${action}: ${name} was shut down; create a new one`);
  }
}
