import { TaskTimeoutError } from '../errors/timeout-error.ts';
import { type Loss, lostError } from './loss.ts';
import type { FailureKind } from './retry.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskStop } from './task-stop.ts';

/** What becomes of a task that has failed, or was lost: it settles, or runs again after a delay. */
export type Verdict =
  | { readonly is: 'settled'; readonly outcome: Outcome }
  | { readonly is: 'again'; readonly delay: number; readonly error: unknown };

/** It has thrown. */
export function judgeError(task: Task, error: unknown, stop: TaskStop | undefined): Verdict {
  if (stop?.reason === 'timeout') return judge(task, timeoutError(task, stop, error), 'timeouts');
  return judge(task, error, 'errors');
}

export function judgeLoss(task: Task, loss: Loss, stop: TaskStop | undefined): Verdict {
  const lost = lostError(loss, task);
  // If it ended by itself while it was being stopped, that end is the news.
  const wasKilled = stop?.reason === 'timeout' && loss.end.signal === 'SIGKILL' && loss.reason === 'signal';
  return wasKilled ? judge(task, timeoutError(task, stop, undefined), 'timeouts') : judge(task, lost, 'crashes');
}

function judge(task: Task, error: unknown, kind: FailureKind): Verdict {
  if (!task.mayRetryAfter(kind)) return { is: 'settled', outcome: { is: 'error', error } };
  return { is: 'again', delay: delayOf(task), error };
}

/** A user's function may throw, or return nonsense; the task is not to pay for it. */
function delayOf({ kind, attempt }: Task): number {
  try {
    const delay = kind.settings.retries.delay(attempt);
    return Number.isFinite(delay) ? Math.max(0, delay) : 0;
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
    return 0;
  }
}

function timeoutError(task: Task, { stuckAt, pid }: TaskStop, cause: unknown): TaskTimeoutError {
  const { timeout, grace } = task.kind.settings;
  const where = stuckAt[0] === undefined ? '' : `; it was in ${stuckAt[0]}`;
  const how =
    cause === undefined
      ? `and did not end within ${grace} ms of being asked; its worker was killed`
      : 'and threw when it was asked to end';
  return new TaskTimeoutError(
    `Task ${task.id} ("${task.kind.target.export}") ran out of its ${timeout} ms, ${how}${where}`,
    { timeout, stuckAt, pid, attempts: task.attempt },
    cause === undefined ? undefined : { cause },
  );
}
