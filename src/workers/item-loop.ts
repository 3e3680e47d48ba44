import { areContextsWanted } from '../process/task-context.ts';
import type { List } from '../util/packed-numbers.ts';
import type { Answers } from './answers.ts';
import type { CurrentTask } from './current-task.ts';
import type { Ledger } from './ledger.ts';
import type { LoadedChunk } from './loaded-chunk.ts';

/** Reading the clock takes longer than a short item: then it is read once for several, which take about so long together, in milliseconds. */
const STRETCH = 0.02;
/** So many at the most: one of them may turn out long. */
const LONGEST_STRETCH = 256;

/** Where a loop stopped. */
export interface Stop {
  /** The first item that has not been answered. */
  readonly index: number;
  /** It has begun, and what it returned has to be waited for. */
  readonly begun?: { readonly current: CurrentTask; readonly promise: PromiseLike<unknown> };
}

/** What an item came to that is not answered yet. */
type Pending = { readonly is: 'value'; readonly value: unknown } | { readonly is: 'error'; readonly error: unknown };

/** Runs items one after the other for as long as none of them has to be waited for. */
export class ItemLoop {
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #begin: (seq: number) => CurrentTask;
  #current: CurrentTask | undefined;
  #index = 0;

  constructor(ledger: Ledger, answers: Answers, begin: (seq: number) => CurrentTask) {
    this.#ledger = ledger;
    this.#answers = answers;
    this.#begin = begin;
  }

  /** Those that can be claimed, from `index` on, whose chunk begins with `first`. Stops when a turn is due. */
  run({ call, values = [] }: LoadedChunk, first: number, index: number, turnDue: number): Stop {
    let start = performance.now();
    let stretch = 1;
    let mean = 0;
    this.#current = undefined;
    this.#index = index;
    while (this.#index < values.length) {
      const from = this.#index;
      const pending = this.#runStretch(call, values, first, Math.min(from + stretch, values.length), mean);
      const kept = this.#index - from;
      const current = this.#current as CurrentTask | undefined;
      if (pending?.is === 'value' && isThenable(pending.value) && current) {
        if (kept > 0) this.#answers.keep();
        current.start = start + kept * mean;
        return { index: this.#index, begun: { current, promise: pending.value } };
      }
      const now = performance.now();
      const ms = Math.max(0, now - start - (pending ? kept : kept - 1) * mean);
      if (pending) {
        this.#answer(first + this.#index, ms, pending);
        this.#index += 1;
      } else this.#ledger.recordTime(first + this.#index - 1, ms);
      if (kept > 0) this.#answers.keep();
      this.#answers.settle(first + this.#index - 1, now);
      if (now >= turnDue) break;
      mean = (now - start) / (this.#index - from);
      stretch = now - start < STRETCH ? Math.min(stretch * 2, LONGEST_STRETCH) : 1;
      start = now;
    }
    return { index: this.#index };
  }

  /**
   * Runs and answers items up to `end`, or up to one whose answer is more than a word: its index is left in `#index`. What each of a
   * large map goes through: it is kept small, so that V8 is soon done with making it fast.
   */
  #runStretch(call: LoadedChunk['call'], values: List, first: number, end: number, ms: number): Pending | undefined {
    const ledger = this.#ledger;
    try {
      for (let i = this.#index; i < end; i += 1) {
        const seq = first + i;
        this.#index = i;
        if (!ledger.tryBegin(seq)) {
          ledger.end(seq); // One that takes long may come next.
          continue;
        }
        const current = this.#current;
        if (current && !current.isSeen) current.seq = seq;
        else this.#beginAnother(seq);
        const value = call(values[i]);
        if (this.#current?.isSeen || !ledger.tryAnswer(seq, value, ms)) return { is: 'value', value };
      }
    } catch (error) {
      return { is: 'error', error };
    }
    this.#index = end;
    return undefined;
  }

  #beginAnother(seq: number): void {
    this.#current = this.#begin(seq);
    if (areContextsWanted()) this.#current.enter();
  }

  #answer(seq: number, ms: number, pending: Pending): void {
    const task = this.#current?.task;
    task?.end();
    if (pending.is === 'error') this.#answers.error(seq, ms, pending.error);
    else if (task?.hasReported) this.#answers.message(seq, ms, pending.value);
    else this.#answers.value(seq, ms, pending.value);
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
