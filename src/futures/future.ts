import { inspect } from 'node:util';
import { CancelledError } from '../errors/cancelled-error.ts';
import { InvalidStateError } from '../errors/invalid-state-error.ts';
import { createDeferred } from '../util/deferred.ts';
import { type Wait, waitForValue } from '../util/wait.ts';
import { FUTURE_TRANSITIONS, type FutureEvent, type FutureState } from './future-state.ts';

type Outcome<R> = { readonly is: 'value'; readonly value: R } | { readonly is: 'error'; readonly error: unknown };

/** Calls `listener` once the future is done, at once if it is. The function it returns takes that back. */
export let listenForDone: (future: Future<unknown>, listener: () => void) => () => void;

/** It has finished with an error of its own. */
export let hasFailed: (future: Future<unknown>) => boolean;

/**
 * A result that is on its way, as of `concurrent.futures`. An executor makes them; one made by hand is settled by hand.
 * A failure that nobody looks at is no unhandled rejection.
 */
export class Future<R> implements PromiseLike<R> {
  readonly #deferred = createDeferred<R>();
  /** In the order in which they were added. */
  readonly #listeners = new Set<() => void>();
  #state: FutureState = 'pending';
  #outcome: Outcome<R> | undefined;

  static {
    listenForDone = (future, listener) => future.#listen(listener);
    Object.defineProperty(this.prototype, inspect.custom, { value: this.prototype.toString });
    hasFailed = (future) => future.#state === 'finished' && future.#outcome?.is === 'error';
  }

  constructor() {
    this.#deferred.promise.catch(() => {});
  }

  /** The value, or the error as a rejection: a CancelledError if it was cancelled. A TimeoutError leaves everything as it is. */
  result(wait?: Wait): Promise<R> {
    return waitForValue(this.#deferred.promise, () => this.done(), wait, 'the result of the future');
  }

  /** The error, undefined if there was none. Rejects with a CancelledError if it was cancelled. */
  async exception(wait?: Wait): Promise<unknown> {
    const settled = this.#deferred.promise.catch(() => undefined);
    await waitForValue(settled, () => this.done(), wait, 'the outcome of the future');
    if (this.#outcome?.is === 'value') return undefined;
    if (this.cancelled()) throw this.#outcome?.error;
    return this.#outcome?.error;
  }

  /** False if it runs or has finished: then nothing happens. */
  cancel(): boolean {
    if (!this.#can('cancel')) return false;
    const isFirst = this.#state === 'pending';
    this.#move('cancel');
    if (isFirst) this.#settle({ is: 'error', error: new CancelledError('The future was cancelled before it began') });
    return true;
  }

  cancelled(): boolean {
    return this.#state === 'cancelled' || this.#state === 'notified';
  }

  running(): boolean {
    return this.#state === 'running';
  }

  /** It has finished, or was cancelled. */
  done(): boolean {
    return this.#state === 'finished' || this.cancelled();
  }

  /**
   * `fn(future)` once it is done, at once if it is, in the order of the calls. An error that it throws becomes a warning
   * (code BROOD_CALLBACK_FAILED): nobody awaits it, and it is not to keep the others from being told.
   */
  addDoneCallback(fn: (future: Future<R>) => void): void {
    if (typeof fn !== 'function') throw new TypeError(`Cannot add a callback of type ${typeof fn}: pass a function`);
    this.#listen(() => {
      try {
        fn(this);
      } catch (error) {
        process.emitWarning(`A callback of a future threw: ${inspect(error)}`, { code: 'BROOD_CALLBACK_FAILED' });
      }
    });
  }

  /**
   * For whoever is to work on it: false if it was cancelled meanwhile, else it runs from now on and cannot be cancelled any more.
   * InvalidStateError if this was asked before.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#can('notify')) {
      this.#move('notify');
      return false;
    }
    this.#expect('begin', 'begin');
    this.#move('begin');
    return true;
  }

  /** InvalidStateError if it is done. */
  setResult(value: R): void {
    this.#expect('finish', 'set the result');
    this.#move('finish');
    this.#settle({ is: 'value', value });
  }

  /** InvalidStateError if it is done. */
  setException(error: unknown): void {
    this.#expect('finish', 'set the exception');
    this.#move('finish');
    this.#settle({ is: 'error', error });
  }

  // biome-ignore lint/suspicious/noThenProperty: a future can be awaited.
  then<A = R, B = never>(
    ok?: ((value: R) => A | PromiseLike<A>) | null,
    no?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(ok, no);
  }

  toString(): string {
    const outcome =
      this.#state !== 'finished' ? '' : this.#outcome?.is === 'value' ? ' with a value' : ' with an error';
    return `<Future ${this.cancelled() ? 'cancelled' : this.running() ? 'running' : this.#state}${outcome}>`;
  }

  #listen(listener: () => void): () => void {
    if (this.done()) {
      listener();
      return () => {};
    }
    const entry = (): void => listener(); // The same function may be added twice.
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  #can(event: FutureEvent): boolean {
    return FUTURE_TRANSITIONS[this.#state][event] !== undefined;
  }

  #expect(event: FutureEvent, action: string): void {
    if (this.#can(event)) return;
    throw new InvalidStateError(`Cannot ${action} of ${this}: it happens once, and before the future is done`);
  }

  #move(event: FutureEvent): void {
    this.#state = FUTURE_TRANSITIONS[this.#state][event] ?? this.#state;
  }

  #settle(outcome: Outcome<R>): void {
    this.#outcome = outcome;
    if (outcome.is === 'value') this.#deferred.resolve(outcome.value);
    else this.#deferred.reject(outcome.error);
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
