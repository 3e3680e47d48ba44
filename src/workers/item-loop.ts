import { areContextsWanted } from '../process/task-context.ts';
import type { Answers } from './answers.ts';
import type { CurrentTask } from './current-task.ts';
import type { Ledger } from './ledger.ts';
import type { LoadedChunk } from './loaded-chunk.ts';

/** Reading the clock takes longer than a short item: then it is read once for several, which take about so long together, in milliseconds. */
const STRETCH = 0.02;
/** So many at the most: one of them may turn out long. */
const LONGEST_STRETCH = 64;

/** Where a loop stopped. */
export interface Stop {
  /** The first item that has not been answered. */
  readonly index: number;
  /** It has begun, and what it returned has to be waited for. */
  readonly begun?: { readonly current: CurrentTask; readonly promise: PromiseLike<unknown> };
}

/** Runs items one after the other for as long as none of them has to be waited for. */
export class ItemLoop {
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #begin: (seq: number) => CurrentTask;

  constructor(ledger: Ledger, answers: Answers, begin: (seq: number) => CurrentTask) {
    this.#ledger = ledger;
    this.#answers = answers;
    this.#begin = begin;
  }

  /** Those that can be claimed, from `index` on, whose chunk begins with `first`. Stops when a turn is due. */
  run({ call, values = [] }: LoadedChunk, first: number, index: number, turnDue: number): Stop {
    let start = performance.now();
    let now = start;
    let stretch = 1;
    let left = 1;
    let mean = 0;
    for (let i = index; i < values.length; i += 1) {
      const seq = first + i;
      if (!this.#ledger.tryBegin(seq)) continue;
      const current = this.#begin(seq);
      if (areContextsWanted()) current.enter();
      let hasFailed = false;
      let result: unknown;
      try {
        result = call(values[i]);
        if (isThenable(result)) {
          current.start = start + (stretch - left) * mean;
          return { index: i, begun: { current, promise: result } };
        }
      } catch (error) {
        hasFailed = true;
        result = error;
      }
      let ms = mean;
      left -= 1;
      if (left === 0 || hasFailed) {
        now = performance.now();
        ms = Math.max(0, now - start - (stretch - left - 1) * mean);
      }
      current.task?.end();
      if (hasFailed) this.#answers.error(seq, ms, result);
      else if (current.task?.hasReported) this.#answers.message(seq, ms, result);
      else this.#answers.value(seq, ms, result, now);
      if (left > 0 && !hasFailed) continue;
      if (now >= turnDue) return { index: i + 1 };
      mean = (now - start) / (stretch - left);
      stretch = now - start < STRETCH ? Math.min(stretch * 2, LONGEST_STRETCH) : 1;
      left = stretch;
      start = now;
    }
    return { index: values.length };
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
