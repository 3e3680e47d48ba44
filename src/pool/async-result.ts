import { StateError } from '../errors/state-error.ts';
import { createDeferred } from '../util/deferred.ts';
import { KeepAlive } from '../util/keep-alive.ts';
import { type Wait, waitFor, waitForValue } from '../util/wait.ts';

/** Exactly one is called, once, before `get()` settles. One that throws is an uncaught exception; the pool lives on. */
export interface Callbacks<R> {
  callback?: (value: R) => void;
  errorCallback?: (error: unknown) => void;
}

/** A result that is on its way. */
export interface AsyncResult<R> {
  /** The result, or the error, the same one at every call. A TimeoutError leaves the task running. */
  get(wait?: Wait): Promise<R>;
  /** True once it is there, false if time ran out; the task's own failure is no rejection. */
  wait(wait?: Wait): Promise<boolean>;
  ready(): boolean;
  /** StateError while not ready. */
  successful(): boolean;
  /** Ends the task as its signal does, by default with a CancelledError. Tells what it met. */
  cancel(reason?: unknown): 'queued' | 'running' | 'settled';
}

/** What stands behind a result. */
export interface Stoppable {
  /** Ends it with `reason`, undefined for a CancelledError. Tells what it met. */
  stop(reason: unknown): 'queued' | 'running' | 'settled';
}

/** Keeps the program alive until it has settled. */
export class PendingResult<R> implements AsyncResult<R> {
  readonly #deferred = createDeferred<R>();
  readonly #callbacks: Callbacks<R> | undefined;
  readonly #job: Stoppable;
  readonly #alive: Disposable;
  #outcome: 'value' | 'error' | undefined;

  /** Throws a TypeError for a callback that is no function. */
  constructor(callbacks: Callbacks<R> | undefined, job: Stoppable) {
    checkCallback('callback', callbacks?.callback);
    checkCallback('errorCallback', callbacks?.errorCallback);
    this.#callbacks = callbacks;
    this.#job = job;
    this.#alive = KeepAlive.hold();
  }

  /** For a user to ask when it suits: an error that nobody asks for is no unhandled rejection. */
  asResult(): AsyncResult<R> {
    this.#deferred.promise.catch(() => {});
    return this;
  }

  get promise(): Promise<R> {
    return this.#deferred.promise;
  }

  /** Of several settlements the first counts. */
  resolve(value: R): void {
    if (!this.#settle('value')) return;
    call(this.#callbacks?.callback, value);
    this.#deferred.resolve(value);
  }

  reject(error: unknown): void {
    if (!this.#settle('error')) return;
    call(this.#callbacks?.errorCallback, error);
    this.#deferred.reject(error);
  }

  get(wait?: Wait): Promise<R> {
    return waitForValue(this.#deferred.promise, () => this.ready(), wait, 'the result');
  }

  wait(wait?: Wait): Promise<boolean> {
    const settled = this.#deferred.promise.then(
      () => {},
      () => {},
    );
    return waitFor(settled, () => this.ready(), wait);
  }

  ready(): boolean {
    return this.#outcome !== undefined;
  }

  successful(): boolean {
    if (this.#outcome !== undefined) return this.#outcome === 'value';
    throw new StateError('Cannot tell whether the task was successful: it is not ready; wait() for it first');
  }

  cancel(reason?: unknown): 'queued' | 'running' | 'settled' {
    return this.ready() ? 'settled' : this.#job.stop(reason);
  }

  #settle(outcome: 'value' | 'error'): boolean {
    if (this.#outcome !== undefined) return false;
    this.#outcome = outcome;
    this.#alive[Symbol.dispose]();
    return true;
  }
}

function checkCallback(name: string, callback: unknown): void {
  if (callback === undefined || typeof callback === 'function') return;
  throw new TypeError(`Cannot use ${name}: it is no function; pass one`);
}

function call<T>(callback: ((value: T) => void) | undefined, value: T): void {
  if (!callback) return;
  try {
    callback(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
