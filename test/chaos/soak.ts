import { readdirSync } from 'node:fs';
import type { Pool } from 'brood';
import { collectGarbage } from '../support/collect-garbage.js';
import { percentile } from '../support/percentiles.js';

const MIB = 2 ** 20;

/** What this program and its workers take, at one moment. */
interface Sample {
  /** Tasks done until then. */
  readonly tasks: number;
  /** Bytes of this process that are alive, after a collection; not of every sample. */
  readonly live: number | undefined;
  /** Resident memory in bytes: of this process, then of each worker. */
  readonly resident: readonly number[];
  readonly descriptors: readonly number[];
  /** What 99 of 100 tasks took since the last sample, in milliseconds. */
  readonly p99: number;
}

/** Looks at a pool under load, from time to time. */
export class Soak {
  readonly #pool: Pool;
  readonly #pids: readonly number[];
  readonly #samples: Sample[] = [];
  #times: number[] = [];

  /** The pool is to keep its workers. */
  constructor(pool: Pool) {
    this.#pool = pool;
    this.#pids = pool.workerPids;
  }

  took(ms: number): void {
    this.#times.push(ms);
  }

  take(tasks: number, isCollected: boolean): void {
    if (isCollected) collectGarbage();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    this.#samples.push({
      tasks,
      live: isCollected ? heapUsed + arrayBuffers : undefined,
      resident: [rss, ...this.#pool.statistics().workers.map((worker) => worker.rss)],
      descriptors: [process.pid, ...this.#pids].map((pid) => readdirSync(`/proc/${pid}/fd`).length),
      p99: percentile(this.#times.splice(0), 0.99),
    });
  }

  /** By how much more is alive in the second half than in the first, at its highest, in bytes. */
  get growthOfLive(): number {
    const lives = this.#samples.flatMap(({ live }) => live ?? []);
    const half = Math.floor(lives.length / 2);
    return Math.max(...lives.slice(half)) - Math.max(...lives.slice(0, half));
  }

  /** How resident memory rises once what V8 takes at first is taken, in MiB per 100,000 tasks: this process, then each worker. */
  get slopes(): number[] {
    const late = this.#samples.slice(Math.floor(this.#samples.length / 3));
    return (late[0]?.resident ?? []).map(
      (_, who) => (slope(late.map(({ tasks, resident }) => [tasks, resident[who] as number])) * 100_000) / MIB,
    );
  }

  /** By how many descriptors more there are at most in the second half: this process, then each worker. */
  get growthOfDescriptors(): number[] {
    const half = Math.floor(this.#samples.length / 2);
    const most = (samples: readonly Sample[], who: number): number =>
      Math.max(...samples.map(({ descriptors }) => descriptors[who] as number));
    return [process.pid, ...this.#pids].map(
      (_, who) => most(this.#samples.slice(half), who) - most(this.#samples.slice(0, half), who),
    );
  }

  /** For whoever reads the figures. */
  describe(): string {
    const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
    const lines = [0, 1 / 3, 2 / 3, 1].map((share) => {
      const sample = this.#samples[Math.round(share * (this.#samples.length - 1))] as Sample;
      const { tasks, resident, descriptors, p99 } = sample;
      return `${tasks} tasks: ${resident.map(mib).join(' ')} MiB, ${descriptors.join(' ')} descriptors, p99 ${p99.toFixed(1)} ms`;
    });
    const slopes = this.slopes.map((each) => each.toFixed(3)).join(' ');
    return [...lines, `slopes ${slopes} MiB per 100,000 tasks`].join('\n');
  }
}

/** Of the line with the least squares, through points of x and y. */
function slope(points: ReadonlyArray<readonly [number, number]>): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([it]) => it)), mean(points.map(([, it]) => it))];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const variance = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return covariance / variance;
}
