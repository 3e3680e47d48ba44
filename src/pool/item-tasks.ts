import { adaptiveSize } from '../workers/batch-size.ts';
import { type Outcome, Task, type TaskKind, type TaskOwner } from '../workers/task.ts';
import type { TaskSource } from '../workers/task-source.ts';
import { type Input, type Items, openInput } from './input.ts';
import { TaskWindow } from './task-window.ts';

export interface ItemTasksEvents {
  /** How many more items may be read from the input now. */
  allowance(): number;
  onOutcome(index: number, outcome: Outcome): void;
  /** The input has ended after so many items; `error`: it threw. */
  onInputEnd(count: number, error: { readonly reason: unknown } | undefined): void;
  /** A slow input has something again. */
  onReady(): void;
}

/** A task for each item of an input, made when a worker can take it. */
export class ItemTasks<T> implements TaskSource, TaskOwner {
  readonly kind: TaskKind;
  readonly #input: Input<T>;
  readonly #chunkSize: number | 'auto';
  readonly #events: ItemTasksEvents;
  /** Those that have not settled. */
  readonly #live = new TaskWindow();
  #count = 0;
  #hasEnded = false;

  constructor(kind: TaskKind, items: Items<T>, chunkSize: number | 'auto', events: ItemTasksEvents) {
    this.kind = kind;
    this.#chunkSize = chunkSize;
    this.#events = events;
    this.#input = openInput(items, () => events.onReady());
  }

  get isOpen(): boolean {
    return !this.#hasEnded;
  }

  get live(): Iterable<Task> {
    return this.#live;
  }

  /** Items read so far. */
  get count(): number {
    return this.#count;
  }

  get backlog(): number {
    return Math.min(this.#input.remaining, this.#events.allowance());
  }

  countQueued(): number {
    const { backlog } = this;
    return Number.isFinite(backlog) ? backlog : 0;
  }

  get isFixed(): boolean {
    return this.#chunkSize !== 'auto';
  }

  chunkSize(workers: number): number {
    return this.#chunkSize === 'auto' ? adaptiveSize(this.kind.cost, this.#input.remaining, workers) : this.#chunkSize;
  }

  onSettle(task: Task, outcome: Outcome): void {
    this.#live.remove(task);
    this.#events.onOutcome(task.index, outcome);
  }

  take(max: number): Task[] {
    const tasks: Task[] = [];
    while (!this.#hasEnded && tasks.length < max && this.#events.allowance() > 0) {
      const pulled = this.#input.pull();
      if (this.#hasEnded) break; // The input itself has ended the job, for example by aborting its signal.
      if (pulled.is === 'item') tasks.push(this.#createTask(pulled.value));
      else if (pulled.is === 'pending') break;
      else this.#end(pulled.error);
    }
    // Not only when a worker asks for more: there may be none any more.
    if (!this.#hasEnded && this.#input.remaining === 0) this.#end(undefined);
    return tasks;
  }

  /** Reads no more of the input, and lets it go. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#input.close();
  }

  #createTask(value: T): Task {
    const task = new Task(this.kind, value, this.#count, this);
    this.#count += 1;
    this.#live.add(task);
    return task;
  }

  #end(error: { readonly reason: unknown } | undefined): void {
    this.#hasEnded = true;
    this.#events.onInputEnd(this.#count, error);
  }
}
