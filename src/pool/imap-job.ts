import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import { Deque } from '../util/deque.ts';
import type { Crew, Job } from '../workers/crew.ts';
import type { Outcome, TaskKind } from '../workers/task.ts';
import type { Items } from './input.ts';
import { ItemTasks } from './item-tasks.ts';

/** What a consumer gets next. */
export type Delivery = Outcome | { readonly is: 'end' };

const END: Delivery = { is: 'end' };

/**
 * An iteration over results as they come. It reads the input only so far ahead of the consumer as its window allows: items
 * that were read and whose results were not yet taken.
 */
export class ImapJob<T> implements Job {
  readonly #crew: Crew;
  readonly #source: ItemTasks<T>;
  readonly #isOrdered: boolean;
  readonly #window: () => number;
  /** Results that came before their turn (ordered), by index. */
  readonly #early = new Map<number, Outcome>();
  /** Results that nobody has taken yet. */
  readonly #ready = new Deque<Outcome>();
  readonly #waiting = new Set<(delivery: Delivery) => void>();
  readonly #unlisten: () => void;
  readonly #unreleased: Set<ImapJob<T>> | undefined;
  #nextIndex = 0;
  #settled = 0;
  #taken = 0;
  /** How many items there are, once the input has ended. */
  #total: number | undefined;
  /** The input's own error, delivered behind the last item. */
  #inputError: { readonly reason: unknown } | undefined;
  #isReleased = false;

  constructor(
    crew: Crew,
    kind: TaskKind,
    items: Items<T>,
    options: {
      chunkSize: number | 'auto';
      isOrdered: boolean;
      window: () => number;
      signal: AbortSignal | undefined;
      /** Where it is listed until nothing of it is left to do. */
      unreleased?: Set<ImapJob<T>>;
    },
  ) {
    const { signal } = options;
    this.#crew = crew;
    this.#isOrdered = options.isOrdered;
    this.#window = options.window;
    this.#unreleased = options.unreleased;
    this.#source = new ItemTasks(kind, items, options.chunkSize, {
      allowance: () => this.#window() - (this.#source.count - this.#taken),
      onValues: (index, values, from) => {
        for (let i = from; i < values.length; i += 1)
          this.#onOutcome(index + i - from, { is: 'value', value: values[i] });
      },
      onOutcome: (index, outcome) => this.#onOutcome(index, outcome),
      onInputEnd: (count, error) => this.#onInputEnd(count, error),
      onReady: () => this.#crew.enqueue(this.#source),
    });
    this.#unlisten = listenForAbort(signal, () => this.abandon(signal?.reason));
    this.#unreleased?.add(this);
    crew.addJob(this);
    if (signal?.aborted) this.abandon(signal.reason);
    crew.enqueue(this.#source);
  }

  /** The next result if it is there; else `waiter` is called with it, once, unless `forget` comes first. */
  take(waiter: (delivery: Delivery) => void): Delivery | undefined {
    const delivery = this.#tryDeliver();
    if (!delivery) this.#waiting.add(waiter);
    return delivery;
  }

  forget(waiter: (delivery: Delivery) => void): void {
    this.#waiting.delete(waiter);
  }

  /** The window may have grown. */
  goOn(): void {
    this.#crew.enqueue(this.#source);
  }

  /** What no worker has begun fails with `error`, the rest of the input stays unread, and the iteration ends with that error. */
  abandonWaiting(error: unknown): void {
    if (this.#isReleased) return;
    const isReading = this.#source.isOpen;
    this.#source.close();
    this.#crew.cancelWaiting(this.#source.live(), error);
    if (isReading) this.#onInputEnd(this.#source.count, { reason: error });
  }

  /** What runs fails with `error`, the rest of the input stays unread, and the iteration ends with that error. */
  abandon(error: unknown): void {
    if (this.#total !== undefined && this.#settled === this.#total) return;
    const isReading = this.#source.isOpen;
    this.#source.close();
    this.#crew.cancelAll(this.#source.live(), error);
    if (isReading) this.#onInputEnd(this.#source.count, { reason: error });
  }

  /** The consumer has left: nothing more is delivered, the input is let go, running items are ended. */
  cancel(): void {
    this.#release(); // First of all: nothing of what ends now is delivered.
    this.#source.close();
    this.#crew.cancelAll(this.#source.live(), new CancelledError('The iteration was left'));
    this.#ready.clear();
    this.#early.clear();
    this.#inputError = undefined;
    this.#total = 0;
    this.#settled = 0;
    this.#serve();
  }

  #onOutcome(index: number, outcome: Outcome): void {
    if (this.#isReleased) return;
    this.#settled += 1;
    if (this.#isOrdered) this.#early.set(index, outcome);
    else this.#ready.push(outcome);
    for (let next = this.#early.get(this.#nextIndex); next; next = this.#early.get(this.#nextIndex)) {
      this.#early.delete(this.#nextIndex);
      this.#nextIndex += 1;
      this.#ready.push(next);
    }
    this.#finishIfDone();
    this.#serve();
  }

  #onInputEnd(count: number, error: { readonly reason: unknown } | undefined): void {
    this.#total = count;
    this.#inputError = error;
    this.#finishIfDone();
    this.#serve();
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      const delivery = this.#tryDeliver();
      if (!delivery) return;
      this.#waiting.delete(waiter);
      waiter(delivery);
    }
  }

  #tryDeliver(): Delivery | undefined {
    const outcome = this.#ready.shift();
    if (outcome) {
      this.#taken += 1;
      this.#crew.enqueue(this.#source); // There is room in the window again.
      return outcome;
    }
    if (this.#settled !== this.#total) return undefined;
    const error = this.#inputError;
    this.#inputError = undefined;
    return error ? { is: 'error', error: error.reason } : END;
  }

  #finishIfDone(): void {
    if (this.#settled === this.#total) this.#release();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#unlisten();
    this.#unreleased?.delete(this);
    this.#crew.removeJob(this);
  }
}
