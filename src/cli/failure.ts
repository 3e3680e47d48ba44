import { CancelledError } from '../errors/cancelled-error.ts';
import { TaskTimeoutError } from '../errors/timeout-error.ts';
import { WorkerLostError } from '../errors/worker-error.ts';
import type { CallStart } from './map-task.ts';
import type { Failure, Run } from './outcome.ts';
import { isTaskFailure } from './task-failure.ts';

/** What a task said last on stderr; the error itself keeps more. */
const STDERR_SHOWN = 4096;

export interface FailedRun {
  readonly failure: Failure;
  readonly run: Run;
}

/**
 * What the output says of an input whose call rejected with `error`, `elapsed` milliseconds after it was sent. Null for one that the end
 * of the run cut off: it has no outcome. An error that is not about this input, but about the workers, is thrown on.
 */
export function describeFailure(error: unknown, elapsed: number, start: CallStart | undefined): FailedRun | null {
  if (isTaskFailure(error)) return { failure: error.failure, run: error.run };
  if (error instanceof WorkerLostError) return describeLoss(error, elapsed);
  if (error instanceof TaskTimeoutError) return describeTimeout(error, elapsed, start);
  if (error instanceof CancelledError) return null;
  throw error;
}

function describeLoss(error: WorkerLostError, elapsed: number): FailedRun {
  const { pid, exitCode, signal, reason, attempts, stderrTail } = error;
  return {
    run: { ms: elapsed, pid, attempts },
    failure: {
      ...describeError(error),
      pid,
      exitCode,
      signal,
      reason,
      ...(stderrTail !== '' && { stderrTail: stderrTail.slice(-STDERR_SHOWN) }),
    },
  };
}

function describeTimeout(error: TaskTimeoutError, elapsed: number, start: CallStart | undefined): FailedRun {
  const pid = start?.pid ?? null;
  return {
    run: { ms: elapsed, pid, attempts: start?.attempt ?? 1 },
    failure: { ...describeError(error), pid, reason: 'timeout', stuckAt: error.stuckAt },
  };
}

function describeError(error: Error & { code: string }): Failure {
  const { name, message, code, stack = '' } = error;
  return { name, message, code, stack };
}
