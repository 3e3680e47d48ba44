import type { TaskKey } from './task-key.ts';

/** One input to be mapped; `index` is its place among those of this run. */
export interface Job {
  readonly index: number;
  readonly input: unknown;
  readonly key: TaskKey;
}

/** How the last attempt ended. */
export interface Run {
  /** Run time in the worker; for a task that gave no answer, the time from sending it to losing it. */
  readonly ms: number;
  /** Null where the process is not known. */
  readonly pid: number | null;
  readonly attempts: number;
}

/** What an output line says of a failure: of the function's own error the first four, of a stopped or lost task the rest too. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly pid?: number | null;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  readonly reason?: string;
  readonly stuckAt?: readonly string[];
  readonly stderrTail?: string;
}

/**
 * The worker's part of a line: `"result":…,"ms":…,"pid":…,"attempts":…`. Text, because the worker has time to make JSON of a result
 * and the parent none, and because short texts travel fastest.
 */
export type SuccessText = string;

export type Outcome = { readonly job: Job } & (
  | { readonly kind: 'succeeded'; readonly success: SuccessText }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly run: Run }
);

export function formatSuccess(resultJson: string, run: Run): SuccessText {
  return `"result":${resultJson},${formatRun(run)}`;
}

/** The outcome as one line of NDJSON. */
export function formatOutcome(outcome: Outcome): string {
  const { input, key } = outcome.job;
  const ending =
    outcome.kind === 'succeeded'
      ? outcome.success
      : `"error":${JSON.stringify(outcome.failure)},${formatRun(outcome.run)}`;
  return `{"input":${JSON.stringify(input)},${ending},"key":"${key}"}\n`;
}

function formatRun({ ms, pid, attempts }: Run): string {
  return `"ms":${Math.round(ms * 1000) / 1000},"pid":${pid},"attempts":${attempts}`;
}
