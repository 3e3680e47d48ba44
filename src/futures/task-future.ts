import { CancelledError } from '../errors/cancelled-error.ts';
import type { Crew } from '../workers/crew.ts';
import { createCall } from '../workers/encode-tasks.ts';
import type { Outcome, Task, TaskKind, TaskOwner } from '../workers/task.ts';
import { Future } from './future.ts';

/** The future of a call: it runs when its task does, and whoever settles first, the worker or the canceller, wins. */
export class TaskFuture<R> extends Future<R> implements TaskOwner {
  readonly #crew: Crew;
  readonly #task: Task;
  readonly #onDone: (future: TaskFuture<unknown>) => void;

  /** Takes the arguments as they are now. Throws a SerializationError for one that cannot cross; then nothing has begun. */
  constructor(crew: Crew, kind: TaskKind, args: readonly unknown[], onDone: (future: TaskFuture<unknown>) => void) {
    super();
    this.#crew = crew;
    this.#onDone = onDone as (future: TaskFuture<unknown>) => void;
    this.#task = createCall(kind, args, this);
    crew.submit(this.#task);
  }

  /** False, and nothing happens, if a worker has begun it. */
  override cancel(): boolean {
    if (!this.done()) {
      const { id, kind } = this.#task;
      this.#crew.withdraw(this.#task, new CancelledError(`Task ${id} ("${kind.target.export}") was cancelled`));
    }
    return this.cancelled();
  }

  override running(): boolean {
    return !this.done() && this.#task.state === 'running';
  }

  onSettle(_task: Task, outcome: Outcome): void {
    this.#onDone(this as TaskFuture<unknown>);
    if (outcome.is === 'value')
      this.setResult(outcome.value as R); // What the function returned: R is what its type says.
    else if (outcome.error instanceof CancelledError) super.cancel();
    else this.setException(outcome.error);
  }
}
