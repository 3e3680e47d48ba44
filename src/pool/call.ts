import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import type { Crew } from '../workers/crew.ts';
import type { Outcome, Task, TaskOwner } from '../workers/task.ts';

/** Throws a TypeError for what cannot be spread into a call. */
export function checkArguments(args: unknown): void {
  if (Array.isArray(args)) return;
  throw new TypeError(`Cannot call with args of type ${typeof args}: it is no array; pass [argument]`);
}

/** Whom to tell what a call came to. A pool may hold a million of them. */
export class Call<R> implements TaskOwner {
  readonly #resolve: (value: R) => void;
  readonly #reject: (error: unknown) => void;
  #unlisten: (() => void) | undefined;

  /** One of the two is called, once. */
  constructor(resolve: (value: R) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Its own task. */
  submit(crew: Crew, task: Task, signal: AbortSignal | undefined): void {
    if (signal) this.#listen(crew, task, signal);
    crew.submit(task);
    if (signal?.aborted) crew.cancel(task, signal.reason);
  }

  onSettle(_task: Task, outcome: Outcome): void {
    this.#unlisten?.();
    if (outcome.is === 'value')
      this.#resolve(outcome.value as R); // What the function returned: R is what its type says.
    else this.#reject(outcome.error);
  }

  #listen(crew: Crew, task: Task, signal: AbortSignal): void {
    this.#unlisten = listenForAbort(signal, () => crew.cancel(task, signal.reason));
  }
}

/** With `reason`, or a CancelledError. Tells what it met. */
export function stopCall(crew: Crew, task: Task, reason: unknown): 'queued' | 'running' | 'settled' {
  const { id, kind } = task;
  return crew.cancel(task, reason ?? new CancelledError(`Task ${id} ("${kind.target.export}") was cancelled`));
}
