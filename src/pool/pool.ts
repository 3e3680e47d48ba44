import { StateError } from '../errors/state-error.ts';
import type { Target } from '../functions/function-ref.ts';
import { refuseWhileImporting } from '../process/import-guard.ts';
import { spawnOf } from '../process/spawn-of.ts';
import { createDeferred } from '../util/deferred.ts';
import { type Wait, waitFor } from '../util/wait.ts';
import { Crew } from '../workers/crew.ts';
import { callOf, createCall } from '../workers/encode-tasks.ts';
import type { PoolStatistics } from '../workers/statistics.ts';
import type { Task, TaskKind, TaskOwner } from '../workers/task.ts';
import { resolveTaskOptions, type TaskOptions, type TaskSettings } from '../workers/task-options.ts';
import { type AsyncResult, type Callbacks, PendingResult } from './async-result.ts';
import { Call, checkArguments, stopCall } from './call.ts';
import { checkBufferSize, checkChunkSize } from './chunk-size.ts';
import { type ImapIterator, ResultIterator } from './imap-iterator.ts';
import { ImapJob } from './imap-job.ts';
import type { Items } from './input.ts';
import { MapJob, type OnFailure } from './map-job.ts';
import { checkProcesses, type PoolOptions, resolvePoolOptions } from './pool-options.ts';
import { readAhead } from './read-ahead.ts';
import { TaskKinds } from './task-kinds.ts';

export interface MapOptions extends TaskOptions {
  /** Items sent to a worker at once. Default 'auto': adapts to measured cost. `timeout` stays per item. */
  chunkSize?: number | 'auto';
  /** Reject at the first failure, and cancel what has not started. Default true; false waits for every item first. */
  failFast?: boolean;
}

export interface ImapOptions extends TaskOptions {
  /** Items sent to a worker at once. Default 1. */
  chunkSize?: number | 'auto';
  /**
   * Input items read ahead of the consumer. Default 2 × workers × chunk, and fewer where so many items and results would be more than
   * 64 MiB. The input is never drained eagerly.
   */
  bufferSize?: number;
}

/** The pool that a user dropped without closing it. Its crew knows nothing of it, so that it can be collected. */
const dropped = new FinalizationRegistry<Crew>((crew) => {
  if (crew.state !== 'open') return;
  process.emitWarning(
    `${crew.name} was dropped while it was open; its workers are ended; close() or terminate() it, or declare it with "await using"`,
    {
      code: 'BROOD_POOL_NOT_CLOSED',
    },
  );
  crew.endUnattended();
});

/**
 * A crew of worker processes.
 *
 * A worker that dies takes down only the task it was running; it is replaced, and the pool stays usable. Every promise ever
 * handed out settles, also on terminate, on a crash, and at exit. Unsettled tasks keep the program alive, an idle pool does
 * not. Pools nest: a task may open a pool of its own. A pool that is garbage-collected while open is ended, with one warning
 * (code BROOD_POOL_NOT_CLOSED).
 *
 * @example
 * await using pool = new Pool();
 * console.log(await pool.map(fibonacci, [30, 31, 32]));
 */
export class Pool implements AsyncDisposable {
  readonly #crew: Crew;
  readonly #defaults: TaskOptions;
  readonly #defaultSettings: TaskSettings;
  readonly #kinds = new TaskKinds();

  /** Starts the workers; a number is `processes`. Throws a RangeError or TypeError for an option that cannot be. */
  constructor(options: number | PoolOptions = {}) {
    refuseWhileImporting('a pool');
    this.#crew = new Crew(resolvePoolOptions(options, spawnOf(new.target)));
    const { task } = typeof options === 'object' ? options : {};
    this.#defaultSettings = resolveTaskOptions(task);
    this.#defaults = { ...task };
    dropped.register(this, this.#crew, this);
  }

  /** `fn(...args)` in a worker. The arguments are taken as they are now. Rejects with a SerializationError if one cannot cross. */
  apply<A extends unknown[], R>(fn: Target<A, R>, args?: A, options?: TaskOptions): Promise<Awaited<R>> {
    const { promise, resolve, reject } = createDeferred<Awaited<R>>();
    try {
      const call = new Call<Awaited<R>>(resolve, reject);
      call.submit(this.#crew, this.#createTask(fn as Target, args, options, call), options?.signal);
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  /** The same, with a result to poll, or callbacks. */
  applyAsync<A extends unknown[], R>(
    fn: Target<A, R>,
    args?: A,
    options?: TaskOptions & Callbacks<Awaited<R>>,
  ): AsyncResult<Awaited<R>> {
    const crew = this.#crew;
    const call = new Call<Awaited<R>>(
      (value) => result.resolve(value),
      (error) => result.reject(error),
    );
    const task = this.#createTask(fn as Target, args, options, call);
    const result = new PendingResult<Awaited<R>>(options, { stop: (reason) => stopCall(crew, task, reason) });
    call.submit(crew, task, options?.signal);
    return result.asResult();
  }

  /** `fn(item)` for each item; the results in the order of the items. */
  async map<T, R>(fn: Target<[T], R>, items: Items<T>, options: MapOptions = {}): Promise<Awaited<R>[]> {
    return await this.#map<T, Awaited<R>>(fn as Target, 'item', items, options, {}).promise;
  }

  mapAsync<T, R>(
    fn: Target<[T], R>,
    items: Items<T>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#map<T, Awaited<R>>(fn as Target, 'item', items, options, options).asResult();
  }

  /** Like map, but reports each item's own outcome instead of failing. Rejects if the input throws, or the pool is terminated. */
  async mapSettled<T, R>(
    fn: Target<[T], R>,
    items: Items<T>,
    options: Omit<MapOptions, 'failFast'> = {},
  ): Promise<PromiseSettledResult<Awaited<R>>[]> {
    return await this.#map<T, PromiseSettledResult<Awaited<R>>>(fn as Target, 'item', items, options, {}, 'settle')
      .promise;
  }

  /** `fn(...item)` for each item. */
  async starmap<A extends unknown[], R>(
    fn: Target<A, R>,
    items: Items<A>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    return await this.#map<A, Awaited<R>>(fn as Target, 'args', items, options, {}).promise;
  }

  starmapAsync<A extends unknown[], R>(
    fn: Target<A, R>,
    items: Items<A>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#map<A, Awaited<R>>(fn as Target, 'args', items, options, options).asResult();
  }

  /** Results in the order of the items, as they come. Leaving the loop early cancels the rest and lets the input go. */
  imap<T, R>(fn: Target<[T], R>, items: Items<T>, options: ImapOptions = {}): ImapIterator<Awaited<R>> {
    return this.#imap(fn as Target, items, options, true);
  }

  /** Results in the order in which they come. */
  imapUnordered<T, R>(fn: Target<[T], R>, items: Items<T>, options: ImapOptions = {}): ImapIterator<Awaited<R>> {
    return this.#imap(fn as Target, items, options, false);
  }

  /**
   * No more tasks; those issued complete, then the workers end. Idempotent. An iteration that is not read to its end is not
   * complete: read it, leave it, or terminate().
   */
  close(): void {
    dropped.unregister(this);
    this.#crew.close();
  }

  /** Stops everything now: pending results reject with PoolTerminatedError. Idempotent. */
  terminate(): void {
    dropped.unregister(this);
    this.#crew.terminate();
  }

  /** True once every worker is gone, false if time ran out. Rejects with a StateError before close() or terminate(). Repeatable. */
  async join(wait?: Wait): Promise<boolean> {
    if (this.#crew.state === 'open') {
      throw new StateError(`Cannot join ${this.#crew.name}: it is still running; close() or terminate() it first`);
    }
    return await waitFor(this.#crew.ended, () => this.#crew.state === 'ended', wait);
  }

  /** From now on so many workers. Fewer: those that are idle end at once, busy ones after their task. RangeError below 1. */
  resize(processes: number): void {
    this.#checkOpen('resize');
    this.#crew.resize(checkProcesses(processes));
  }

  get processes(): number {
    return this.#crew.processes;
  }

  get workerPids(): readonly number[] {
    return this.#crew.workerPids;
  }

  /** A frozen snapshot. */
  statistics(): PoolStatistics {
    return this.#crew.statistics();
  }

  /** terminate(), then join(). */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  #createTask(fn: Target, args: unknown[] = [], options: TaskOptions | undefined, owner: TaskOwner): Task {
    this.#checkOpen('take a task');
    checkArguments(args);
    return createCall(this.#kind(fn, callOf(args), options), args, owner);
  }

  #map<T, R>(
    fn: Target,
    call: TaskKind['call'],
    items: Items<T>,
    options: MapOptions,
    callbacks: Callbacks<R[]>,
    onFailure?: OnFailure,
  ) {
    const kind = this.#kind(fn, call, options);
    const chunkSize = checkChunkSize(options.chunkSize, 'auto');
    const { signal, failFast } = options;
    const policy = onFailure ?? (failFast === false ? 'fail-late' : 'fail-fast');
    return new MapJob<T, R>(this.#crew, kind, items, { chunkSize, onFailure: policy, signal }, callbacks).result;
  }

  #imap<T, R>(fn: Target, items: Items<T>, options: ImapOptions, isOrdered: boolean): ImapIterator<Awaited<R>> {
    const kind = this.#kind(fn, 'item', options);
    const chunkSize = checkChunkSize(options.chunkSize, 1);
    const { signal } = options;
    const bufferSize = checkBufferSize(options.bufferSize);
    const crew = this.#crew;
    const window = (): number => bufferSize ?? readAhead(crew.processes, chunkSize, kind.cost);
    return new ResultIterator(new ImapJob(crew, kind, items, { chunkSize, isOrdered, window, signal }));
  }

  #kind(fn: Target, call: TaskKind['call'], options: TaskOptions | undefined): TaskKind {
    this.#checkOpen('take a task');
    const settings = options === undefined ? this.#defaultSettings : resolveTaskOptions(options, this.#defaults);
    return this.#kinds.find(fn, call, settings);
  }

  #checkOpen(action: string): void {
    const { state, name } = this.#crew;
    if (state === 'open') return;
    const how = state === 'closing' ? 'closed' : 'closed or terminated';
    throw new StateError(`Cannot ${action}: ${name} is not running, it was ${how}; create a new Pool`);
  }
}
