import { Deque } from '../util/deque.ts';
import { type Batch, TaskList } from './batch.ts';
import { adaptiveSize } from './batch-size.ts';
import type { Task, TaskKind } from './task.ts';

/** Where tasks come from: calls, the items of a map, or tasks that are to run once more. */
export interface TaskSource {
  readonly kind: TaskKind;
  /** How many tasks to send to a worker at once, given how many workers there are, and whether they can be got back. */
  chunkSize(workers: number, isShared: boolean): number;
  /** The chunks are somebody's wish: one that has begun stays together. */
  readonly isFixed: boolean;
  /** The next tasks, at most `max`; fewer, or none, if there are no more yet. May run the user's iterator. Also asked for none. */
  take(max: number): Batch;
  /** How many tasks could run now if there were workers enough; an estimate, Infinity if nobody knows. */
  readonly backlog: number;
  /** How many tasks wait; those of an input whose length nobody knows do not count. */
  countQueued(): number;
  /** False once `take` will never return another task. While true and `take` returns none, the source is parked. */
  readonly isOpen: boolean;
}

/**
 * What brought tasks here: they were submitted; they come back from a worker that had no time for them; or one of them may be
 * what went wrong, so that they go one at a time.
 */
export type Origin = 'submitted' | 'moved' | 'suspect';

/** Tasks that are there already, all of one kind. */
export class ReadyTasks implements TaskSource {
  readonly kind: TaskKind;
  readonly origin: Origin;
  readonly isFixed = false;
  readonly #tasks = new Deque<Task>();

  constructor(tasks: readonly [Task, ...Task[]], origin: Origin) {
    this.kind = tasks[0].kind;
    this.origin = origin;
    for (const task of tasks) this.#tasks.push(task);
  }

  /** False if it belongs to others. */
  tryAdd(task: Task): boolean {
    if (task.kind !== this.kind || this.origin !== 'submitted') return false;
    this.#tasks.push(task);
    return true;
  }

  get isOpen(): boolean {
    this.#dropSettled();
    return this.#tasks.length > 0;
  }

  /** Those that were cancelled while they waited count until it is their turn. */
  get backlog(): number {
    return this.#tasks.length;
  }

  [Symbol.iterator](): Iterator<Task> {
    return this.#tasks[Symbol.iterator]();
  }

  countQueued(): number {
    let queued = 0;
    for (const { state } of this.#tasks) if (state === 'queued') queued += 1;
    return queued;
  }

  chunkSize(workers: number, isShared: boolean): number {
    return this.origin === 'suspect' || !isShared ? 1 : adaptiveSize(this.kind.cost, this.#tasks.length, workers);
  }

  take(max: number): Batch {
    const tasks: Task[] = [];
    while (tasks.length < max) {
      const task = this.#tasks.shift();
      if (!task) break;
      if (task.state === 'queued') tasks.push(task);
    }
    return new TaskList(this.kind, tasks);
  }

  #dropSettled(): void {
    for (let task = this.#tasks.peek(); task && task.state !== 'queued'; task = this.#tasks.peek()) this.#tasks.shift();
  }
}
