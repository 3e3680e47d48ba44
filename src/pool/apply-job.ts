import { CancelledError } from '../errors/cancelled-error.ts';
import { listenForAbort } from '../util/abort.ts';
import { encodeValue } from '../workers/chunk.ts';
import type { Crew, Job } from '../workers/crew.ts';
import { type EncodedValue, type Outcome, Task, type TaskKind } from '../workers/task.ts';
import type { TaskSource } from '../workers/task-source.ts';
import { type Callbacks, PendingResult, type Stoppable } from './async-result.ts';

/** One call and its only task in one: a pool may hold a million of them. */
export class ApplyJob<R> implements Job, TaskSource, Stoppable {
  readonly result: PendingResult<R>;
  readonly #crew: Crew;
  readonly #task: Task;
  readonly #signal: AbortSignal | undefined;
  readonly #unlisten: (() => void) | undefined;
  #isOpen = true;

  /** Takes the arguments as they are now. Throws a SerializationError for one that cannot cross. */
  static start<R>(
    crew: Crew,
    kind: TaskKind,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
    callbacks: Callbacks<R>,
  ): PendingResult<R> {
    const job = new ApplyJob<R>(crew, kind, encodeValue(args, 'args'), signal, callbacks);
    crew.addJob(job);
    if (signal?.aborted) job.#onAbort();
    else crew.enqueue(job);
    return job.result;
  }

  private constructor(
    crew: Crew,
    kind: TaskKind,
    input: EncodedValue,
    signal: AbortSignal | undefined,
    callbacks: Callbacks<R>,
  ) {
    this.result = new PendingResult<R>(callbacks, this);
    this.#crew = crew;
    this.#signal = signal;
    if (signal) this.#unlisten = listenForAbort(signal, () => this.#onAbort());
    this.#task = new Task(kind, input, 'args', (outcome) => this.#onSettle(outcome));
  }

  get kind(): TaskKind {
    return this.#task.kind;
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#task.state === 'queued';
  }

  get backlog(): number {
    return this.isOpen ? 1 : 0;
  }

  chunkSize(): number {
    return 1;
  }

  onRan(): void {}

  take(): Task[] {
    if (!this.isOpen) return [];
    this.#isOpen = false;
    return [this.#task];
  }

  abandon(error: Error): void {
    this.#crew.cancel(this.#task, error);
  }

  #onAbort(): void {
    this.#crew.cancel(this.#task, this.#signal?.reason);
  }

  stop(reason: unknown): 'queued' | 'running' | 'settled' {
    const { id, kind } = this.#task;
    return this.#crew.cancel(
      this.#task,
      reason ?? new CancelledError(`Task ${id} ("${kind.target.export}") was cancelled`),
    );
  }

  #onSettle(outcome: Outcome): void {
    this.#unlisten?.();
    if (outcome.is === 'value')
      this.result.resolve(outcome.value as R); // What the function returned: R is what its type says.
    else this.result.reject(outcome.error);
    this.#crew.removeJob(this);
  }
}
