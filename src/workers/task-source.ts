import { Deque } from '../util/deque.ts';
import { type Batch, TaskList, tasksOf } from './batch.ts';
import { adaptiveSize, LARGEST_OF_TASKS } from './batch-size.ts';
import { ItemRange } from './item-range.ts';
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
 * what went wrong, so that they go a few at a time, and in the end one.
 */
export type Origin = 'submitted' | 'moved' | 'suspect';

/** Tasks that are there already, all of one kind. */
export class ReadyTasks implements TaskSource {
  readonly kind: TaskKind;
  readonly origin: Origin;
  readonly isFixed = false;
  readonly #tasks = new Deque<Task>();

  /** Of one kind, and at least one. */
  constructor(tasks: readonly Task[], origin: Origin) {
    this.kind = (tasks[0] as Task).kind;
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
    return sizeOf(this, this.origin, workers, isShared, LARGEST_OF_TASKS);
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

/** Items that a worker had and did not begin: still without a task for each. */
class ReadyRange implements TaskSource {
  readonly kind: TaskKind;
  readonly isFixed = false;
  readonly #origin: Origin;
  #range: ItemRange;

  constructor(range: ItemRange, origin: Origin) {
    this.kind = range.kind;
    this.#range = range;
    this.#origin = origin;
  }

  get isOpen(): boolean {
    return this.#range.left > 0;
  }

  get backlog(): number {
    return this.#range.left;
  }

  countQueued(): number {
    return this.#range.left;
  }

  chunkSize(workers: number, isShared: boolean): number {
    return sizeOf(this, this.#origin, workers, isShared);
  }

  take(max: number): Batch {
    const taken = this.#range;
    this.#range = taken.cutOff(Math.min(max, taken.length));
    return taken;
  }
}

/** What came back from a worker, to be handed out again. */
export function sourceOf(batch: Batch, origin: Origin): TaskSource {
  return batch instanceof ItemRange ? new ReadyRange(batch, origin) : new ReadyTasks(tasksOf(batch), origin);
}

/** Into so many parts those are divided among which one may be what went wrong: few messages find out that none was, few losses which one. */
const PARTS_OF_SUSPECTS = 16;

function sizeOf(
  { kind, backlog }: TaskSource,
  origin: Origin,
  workers: number,
  isShared: boolean,
  largest?: number,
): number {
  if (!isShared) return 1;
  const size = adaptiveSize(kind.cost, backlog, workers, largest);
  return origin === 'suspect' ? Math.min(size, Math.ceil(backlog / PARTS_OF_SUSPECTS)) : size;
}
