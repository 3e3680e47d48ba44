import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import type { Crew, Job } from '../workers/crew.ts';
import type { Outcome, TaskKind } from '../workers/task.ts';
import { type Callbacks, PendingResult, type Stoppable } from './async-result.ts';
import type { Items } from './input.ts';
import { ItemTasks } from './item-tasks.ts';

/** What becomes of a map when an item fails: it rejects at once, or after all others, or never. */
export type OnFailure = 'fail-fast' | 'fail-late' | 'settle';

/** A map over an input of any length: one result for each item, in the order of the items. */
export class MapJob<T, R> implements Job, Stoppable {
  readonly result: PendingResult<R[]>;
  readonly #crew: Crew;
  readonly #source: ItemTasks<T>;
  readonly #onFailure: OnFailure;
  readonly #outcomes: Outcome[] = [];
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
    const hasBegun = this.#settled > 0 || [...this.#source.live].some(({ state }) => state === 'running');
    this.#fail(reason ?? new CancelledError(`The map of "${this.#source.kind.target.export}" was cancelled`));
    return hasBegun ? 'running' : 'queued';
  }

  #onOutcome(index: number, outcome: Outcome): void {
    this.#outcomes[index] = outcome;
    this.#settled += 1;
    if (outcome.is === 'error' && this.#onFailure === 'fail-fast') this.#failFast(outcome.error);
    else this.#finishIfDone();
  }

  #onInputEnd(count: number, error: { readonly reason: unknown } | undefined): void {
    if (error) this.#fail(error.reason);
    this.#total = count;
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.result.ready() || this.#settled !== this.#total) return;
    const failed = this.#onFailure === 'settle' ? undefined : this.#outcomes.find(({ is }) => is === 'error');
    if (failed?.is === 'error') {
      this.#fail(failed.error);
      return;
    }
    const results = this.#onFailure === 'settle' ? this.#outcomes.map(toSettled) : this.#outcomes.map(toValue);
    this.#release();
    this.result.resolve(results as R[]); // The type of R is the caller's: plain results, or settled ones for mapSettled.
  }

  /** Rejects, and ends all that has not ended. */
  #fail(error: unknown): void {
    if (this.result.ready()) return;
    this.result.reject(error);
    this.#source.close();
    this.#crew.cancelAll(this.#source.live, error);
    this.#release();
  }

  /** Rejects, and begins nothing more; what runs is let run, as nothing says that it may be ended half-way. */
  #failFast(error: unknown): void {
    if (this.result.ready()) return;
    this.result.reject(error);
    this.#source.close();
    this.#crew.cancelWaiting(this.#source.live, error);
    this.#release();
  }

  #release(): void {
    this.#unlisten();
    this.#crew.removeJob(this);
  }
}

function toValue(outcome: Outcome): unknown {
  return outcome.is === 'value' ? outcome.value : undefined;
}

function toSettled(outcome: Outcome): PromiseSettledResult<unknown> {
  return outcome.is === 'value'
    ? { status: 'fulfilled', value: outcome.value }
    : { status: 'rejected', reason: outcome.error };
}
