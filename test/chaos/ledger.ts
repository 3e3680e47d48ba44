import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Pool, TaskOptions } from 'brood';
import { isLong } from '../support/seed.js';

/** What happened in one scenario. */
export class Ledger {
  kills = 0;
  tasks = 0;
  /** Results that were wrong, or came twice. */
  #wrong = 0;
  #settled = 0;
  readonly #times: number[] = [];
  #limit = Number.POSITIVE_INFINITY;

  /** True if the process was there to be killed. */
  kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): boolean {
    try {
      process.kill(pid, signal);
      this.kills += 1;
      return true;
    } catch {
      return false;
    }
  }

  /** Follows a task that returns `expected` or fails. Resolves to the error, if any. */
  follow<R>(task: Promise<R>, expected: R): Promise<Error | undefined> {
    this.tasks += 1;
    return task.then(
      (value) => {
        this.#settled += 1;
        if (!isDeepStrictEqual(value, expected)) this.#wrong += 1;
        return undefined;
      },
      (error) => {
        this.#settled += 1;
        return error;
      },
    );
  }

  /** The same for a task yet to be submitted, of which each callback beyond the first counts as a wrong result. */
  submit<A extends unknown[], R>(
    pool: Pool,
    fn: (...args: A) => R | PromiseLike<R>,
    args: A,
    expected: R,
    options: TaskOptions = {},
  ): Promise<Error | undefined> {
    this.tasks += 1;
    return new Promise((resolve) => {
      let times = 0;
      const settle = (): void => {
        times += 1;
        if (times === 1) this.#settled += 1;
        else this.#wrong += 1;
      };
      const callback = (value: unknown): void => {
        settle();
        if (!isDeepStrictEqual(value, expected)) this.#wrong += 1;
        resolve(undefined);
      };
      const errorCallback = (error: unknown): void => {
        settle();
        resolve(error as Error);
      };
      pool.applyAsync(fn, args, { ...options, callback, errorCallback });
    });
  }

  /** Follows the items of a map to their results. */
  async expect<R>(expected: readonly R[], map: Promise<readonly R[]>): Promise<void> {
    this.tasks += expected.length;
    const results = await map;
    this.#settled += results.length;
    expected.forEach((value, n) => {
      if (!isDeepStrictEqual(results[n], value)) this.#wrong += 1;
    });
  }

  /** Tasks that somebody else has followed: so many were to settle, and did. */
  tally(tasks: number, settled: number): void {
    this.tasks += tasks;
    this.#settled += settled;
  }

  /** One measured time, in milliseconds, of those that may not exceed `limit`. */
  took(ms: number, limit: number): void {
    this.#times.push(ms);
    this.#limit = limit;
  }

  /** Every task has settled, once, with what it should; in the long form also in time, all but one in a hundred. */
  check(): void {
    assert.deepEqual({ lost: this.#lost, wrong: this.#wrong }, { lost: 0, wrong: 0 });
    if (isLong && this.#times.length > 0) {
      assert.ok(this.#slowest <= this.#limit, `${this.#slowest.toFixed(0)} ms, above ${this.#limit} ms`);
    }
  }

  /** A row of a table. */
  describe(id: string, title: string): string {
    const time = this.#times.length === 0 ? '' : `${this.#slowest.toFixed(0)} of ${this.#limit} ms`;
    return `| ${[id, title, this.kills, this.tasks, this.#lost + this.#wrong, time].join(' | ')} |`;
  }

  get #lost(): number {
    return this.tasks - this.#settled;
  }

  /** 99 of 100 took at most this. */
  get #slowest(): number {
    const sorted = this.#times.toSorted((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  }
}
