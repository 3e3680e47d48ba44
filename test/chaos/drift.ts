import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Pool } from 'brood';
import { percentile } from '../support/percentiles.js';
import { burst } from './burst.js';

/** What V8 compiles meanwhile is not to be measured, in milliseconds. */
const WARM_UP = 3000;
const BURST = 100;
const PAIRS = 40;

/**
 * Whether a pool becomes slower with time. It is compared with one that has just begun, in turns of a tenth of a second: what else
 * goes on on the machine meets both alike.
 */
export class Drift {
  readonly #pool: Pool;
  /** What 99 of 100 tasks took here, by what they took there. */
  readonly #ratios: number[] = [];

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Takes twelve seconds. */
  async measure(): Promise<void> {
    const reference = fork(new URL('./reference.child.js', import.meta.url));
    await ask(reference, WARM_UP);
    await burst(this.#pool, WARM_UP / 10);
    for (let n = 0; n < PAIRS; n += 1) {
      const there = n % 2 === 0 ? await ask(reference, BURST) : Number.NaN;
      const here = await burst(this.#pool, BURST);
      this.#ratios.push(here / (n % 2 === 0 ? there : await ask(reference, BURST)));
    }
    reference.disconnect();
    await once(reference, 'exit');
  }

  /** The last third by the one before, each the median of its ratios. */
  get value(): number {
    const third = Math.floor(this.#ratios.length / 3);
    return percentile(this.#ratios.slice(-third), 0.5) / percentile(this.#ratios.slice(third, -third), 0.5);
  }

  describe(): string {
    const third = Math.floor(this.#ratios.length / 3);
    const median = (from: number, to?: number): string => percentile(this.#ratios.slice(from, to), 0.5).toFixed(3);
    return `p99 of one that has just begun × ${median(0, third)}, ${median(third, -third)}, ${median(-third)}; drift ${this.value.toFixed(3)}`;
  }
}

async function ask(reference: ChildProcess, length: number): Promise<number> {
  reference.send(length);
  const [p99] = await once(reference, 'message');
  return p99 as number;
}
