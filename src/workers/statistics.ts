import type { TaskKind } from './task.ts';
import type { Worker } from './worker.ts';

/** A frozen snapshot of a pool. */
export interface PoolStatistics {
  readonly tasks: {
    readonly queued: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly retried: number;
  };
  readonly workers: ReadonlyArray<{
    readonly pid: number;
    readonly state: string;
    /** Somebody has stopped it, by a signal (SIGSTOP) or a debugger; false where the platform does not tell. */
    readonly isSuspended: boolean;
    readonly tasksDone: number;
    /** Resident memory in bytes; 0 where the platform does not tell. */
    readonly rss: number;
    /** Id of the task it runs. */
    readonly task: number | null;
    /** Milliseconds from its start until it was ready, its initializer included. */
    readonly startTime: number;
    /** Milliseconds in which it had tasks, and in which it had none. */
    readonly busyTime: number;
    readonly idleTime: number;
  }>;
  /** Workers that ended without being told to. */
  readonly lost: number;
  /** Milliseconds tasks ran, over the last 1,024 that answered; short ones in a row are measured together. */
  readonly runTime: { readonly p50: number; readonly p99: number; readonly mean: number };
}

/** What is known of a crew at one moment. */
export interface CrewView {
  readonly workers: ReadonlySet<Worker>;
  /** Tasks that no worker has. */
  readonly waiting: number;
  readonly lost: number;
  readonly tally: Tally;
}

export function takeStatistics({ workers, waiting, lost, tally }: CrewView): PoolStatistics {
  const described = [...workers].map(describeWorker);
  let sent = 0;
  let running = 0;
  for (const { lane } of workers) {
    for (const chunk of lane.chunks) {
      const counts = chunk.count();
      sent += counts.sent;
      running += counts.running;
    }
  }
  return Object.freeze({
    tasks: Object.freeze({ queued: waiting + sent, running, ...tally.counts }),
    workers: Object.freeze(described),
    lost,
    runTime: tally.runTimes.summarize(),
  });
}

function describeWorker({ process, state, tasksDone, lane, times }: Worker): PoolStatistics['workers'][number] {
  return Object.freeze({
    pid: process.pid,
    state,
    isSuspended: process.isSuspended,
    tasksDone,
    rss: process.residentMemory,
    task: lane.current?.id ?? null,
    startTime: times.spent('starting'),
    busyTime: times.spent('busy'),
    idleTime: times.spent('idle'),
  });
}

/** How many run times are kept. */
const SAMPLES = 1024;

/** What has become of the tasks of a crew. */
export class Tally {
  readonly counts: Record<'done' | 'failed' | 'cancelled' | 'retried', number> = {
    done: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
  };
  readonly runTimes: RunTimes = new RunTimes();

  /** Tasks of that kind ran for so many milliseconds each. */
  record({ cost }: TaskKind, times: Float32Array): void {
    this.runTimes.add(times);
    cost.record(times);
  }
}

/** Run times of the latest tasks. */
class RunTimes {
  readonly #samples = new Float64Array(SAMPLES);
  #count = 0;

  add(times: Float32Array): void {
    const latest = times.subarray(-SAMPLES);
    const start = this.#count % SAMPLES;
    const untilEnd = latest.subarray(0, SAMPLES - start);
    this.#samples.set(untilEnd, start);
    this.#samples.set(latest.subarray(untilEnd.length));
    this.#count += latest.length;
  }

  summarize(): PoolStatistics['runTime'] {
    const sorted = this.#samples.slice(0, Math.min(this.#count, SAMPLES)).sort();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const mean = sorted.length === 0 ? 0 : sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
    return Object.freeze({ p50: at(0.5), p99: at(0.99), mean });
  }
}
