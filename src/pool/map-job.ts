import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import { isPacked } from '../util/packed-numbers.ts';
import type { Crew, Job } from '../workers/crew.ts';
import type { Outcome, TaskKind } from '../workers/task.ts';
import { type Callbacks, PendingResult, type Stoppable } from './async-result.ts';
import type { Items } from './input.ts';
import { ItemTasks } from './item-tasks.ts';

/** What becomes of a map when an item fails: it rejects at once, or after all others, or never. */
export type OnFailure = 'fail-fast' | 'fail-late' | 'settle';

/** Longer arrays begin as dictionaries. */
const MOST_AT_ONCE = 2 ** 24;

/** A map over an input of any length: one result for each item, in the order of the items. */
export class MapJob<T, R> implements Job, Stoppable {
  readonly result: PendingResult<R[]>;
  readonly #crew: Crew;
  readonly #source: ItemTasks<T>;
  readonly #onFailure: OnFailure;
  /** By index. */
  #results: unknown[] = [];
  /** Of the items that have failed, the first: all others wait for it, or nobody does. */
  #failure: { readonly index: number; readonly error: unknown } | undefined;
  readonly #unlisten: () => void;
  #settled = 0;
  /** How many items there are, once the input has ended. */
  #total: number | undefined;

  constructor(
    crew: Crew,
    kind: TaskKind,
    items: Items<T>,
    options: { chunkSize: number | 'auto'; onFailure: OnFailure; signal: AbortSignal | undefined },
    callbacks: Callbacks<R[]>,
  ) {
    const { signal } = options;
    this.#crew = crew;
    this.#onFailure = options.onFailure;
    this.#source = new ItemTasks(kind, items, options.chunkSize, {
      allowance: () => Number.POSITIVE_INFINITY,
      onValues: (index, values, from) => this.#onValues(index, values, from),
      onOutcome: (index, outcome) => this.#onOutcome(index, outcome),
      onInputEnd: (count, error) => this.#onInputEnd(count, error),
      onReady: () => this.#crew.enqueue(this.#source),
    });
    this.result = new PendingResult<R[]>(callbacks, this);
    this.#unlisten = listenForAbort(signal, () => this.#fail(signal?.reason));
    crew.addJob(this);
    if (signal?.aborted) this.#fail(signal.reason);
    crew.enqueue(this.#source);
  }

  abandon(error: Error): void {
    this.#fail(error);
  }

  stop(reason: unknown): 'queued' | 'running' | 'settled' {
    const hasBegun = this.#settled > 0 || this.#source.ranges().some((range) => range.isRunning());
    this.#fail(reason ?? new CancelledError(`The map of "${this.#source.kind.target.export}" was cancelled`));
    return hasBegun ? 'running' : 'queued';
  }

  #onValues(index: number, values: ArrayLike<unknown>, from: number): void {
    const count = values.length - from;
    const isSettling = this.#onFailure === 'settle';
    const results = this.#roomFor(index + count, isPacked(values) && !isSettling);
    if (isSettling) for (let i = 0; i < count; i += 1) results[index + i] = fulfilled(values[from + i]);
    else for (let i = 0; i < count; i += 1) results[index + i] = values[from + i];
    this.#settled += count;
    this.#finishIfDone();
  }

  #onOutcome(index: number, outcome: Outcome): void {
    if (outcome.is === 'value') this.#onValues(index, [outcome.value], 0);
    else this.#onError(index, outcome.error);
  }

  #onError(index: number, error: unknown): void {
    this.#settled += 1;
    if (this.#onFailure === 'fail-fast') {
      this.#failFast(error);
      return;
    }
    if (this.#onFailure === 'settle') {
      this.#roomFor(index + 1)[index] = { status: 'rejected', reason: error } satisfies PromiseRejectedResult;
    } else if (!this.#failure || index < this.#failure.index) this.#failure = { index, error };
    this.#finishIfDone();
  }

  /** The results, with places up to `length`: without a gap, as V8 would make a dictionary of an array with a wide one. */
  #roomFor(length: number, areNumbers = false): unknown[] {
    const { total } = this.#source;
    if (this.#results.length === 0) {
      if (areNumbers) this.#results.push(0.5); // Or V8 makes places for something else, and converts them all at the first number.
      if (total <= MOST_AT_ONCE) this.#results.length = total;
    }
    while (this.#results.length < length) this.#results.push(0);
    return this.#results;
  }

  #onInputEnd(count: number, error: { readonly reason: unknown } | undefined): void {
    if (error) this.#fail(error.reason);
    this.#total = count;
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.result.ready() || this.#settled !== this.#total) return;
    if (this.#failure) {
      this.#fail(this.#failure.error);
      return;
    }
    this.#results.length = this.#settled; // The input may have become shorter.
    this.#release();
    this.result.resolve(this.#results as R[]); // The type of R is the caller's: plain results, or settled ones for mapSettled.
  }

  /** Rejects, and ends all that has not ended. */
  #fail(error: unknown): void {
    if (this.result.ready()) return;
    this.result.reject(error);
    this.#source.close();
    this.#crew.discard(this.#source.ranges());
    this.#crew.cancelAll(this.#source.live(), error);
    this.#release();
  }

  /** Rejects, and begins nothing more; what runs is let run, as nothing says that it may be ended half-way. */
  #failFast(error: unknown): void {
    if (this.result.ready()) return;
    this.result.reject(error);
    this.#source.close();
    this.#crew.discard(this.#source.ranges());
    this.#crew.cancelWaiting(this.#source.live(), error);
    this.#release();
  }

  #release(): void {
    this.#unlisten();
    this.#crew.removeJob(this);
  }
}

function fulfilled(value: unknown): PromiseFulfilledResult<unknown> {
  return { status: 'fulfilled', value };
}
