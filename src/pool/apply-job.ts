import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import type { Crew } from '../workers/crew.ts';
import { takeInput } from '../workers/encode-tasks.ts';
import { type Outcome, Task, type TaskKind, type TaskOwner } from '../workers/task.ts';
import type { Stoppable } from './async-result.ts';

/** What a call is settled by: a promise's two ends, or a result. */
export interface Settler<R> {
  resolve(value: R): void;
  reject(error: unknown): void;
}

/** One call and its task. A pool may hold a million of them. */
export class ApplyJob<R> implements TaskOwner, Stoppable {
  readonly #crew: Crew;
  readonly #task: Task;
  readonly #settler: Settler<R>;
  readonly #unlisten: (() => void) | undefined;

  /** Takes the arguments as they are now. Throws a SerializationError for one that cannot cross; then nothing has begun. */
  constructor(
    crew: Crew,
    kind: TaskKind,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    createSettler: (job: Stoppable) => Settler<R>,
  ) {
    this.#crew = crew;
    this.#task = new Task(kind, takeInput(args, 'args'), -1, this);
    this.#settler = createSettler(this);
    if (signal) this.#unlisten = listenForAbort(signal, () => crew.cancel(this.#task, signal.reason));
    crew.submit(this.#task);
    if (signal?.aborted) crew.cancel(this.#task, signal.reason);
  }

  stop(reason: unknown): 'queued' | 'running' | 'settled' {
    const { id, kind } = this.#task;
    return this.#crew.cancel(
      this.#task,
      reason ?? new CancelledError(`Task ${id} ("${kind.target.export}") was cancelled`),
    );
  }

  onSettle(_task: Task, outcome: Outcome): void {
    this.#unlisten?.();
    if (outcome.is === 'value')
      this.#settler.resolve(outcome.value as R); // What the function returned: R is what its type says.
    else this.#settler.reject(outcome.error);
    this.#crew.onSubmittedSettled();
  }
}
