import { CancelledError } from '../errors/cancelled-error.ts';
import { encodeValue } from '../workers/chunk.ts';
import type { Crew, Job } from '../workers/crew.ts';
import { Task, type TaskKind } from '../workers/task.ts';
import { ReadyTasks } from '../workers/task-source.ts';
import { type AsyncResult, type Callbacks, PendingResult } from './async-result.ts';

/** One call. Its arguments are taken as they are now. */
export function startApply<R>(
  crew: Crew,
  kind: TaskKind,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
  callbacks: Callbacks<R>,
): AsyncResult<R> & { readonly promise: Promise<R> } {
  const bytes = encodeValue(args, 'args');
  const result = new PendingResult<R>(callbacks, (reason) =>
    crew.cancel(task, reason ?? new CancelledError(`Task ${task.id} ("${kind.target.export}") was cancelled`)),
  );
  const job: Job = { abandon: (error) => crew.cancel(task, error) };
  const onAbort = (): void => void crew.cancel(task, signal?.reason);
  const task = new Task(kind, { bytes }, 'args', (outcome) => {
    signal?.removeEventListener('abort', onAbort);
    if (outcome.is === 'value') result.resolve(outcome.value as R);
    else result.reject(outcome.error);
    crew.removeJob(job);
  });
  crew.addJob(job);
  if (signal?.aborted) onAbort();
  else {
    signal?.addEventListener('abort', onAbort, { once: true });
    crew.enqueue(new ReadyTasks(kind, [task]));
  }
  return result;
}
