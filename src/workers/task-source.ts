import type { Task, TaskKind } from './task.ts';

/** Where tasks come from: one call, the items of a map, or tasks that are to run once more. */
export interface TaskSource {
  readonly kind: TaskKind;
  /** How many tasks to send to a worker at once, given how many workers there are. */
  chunkSize(workers: number): number;
  /** The next tasks, at most `max`; fewer, or none, if there are no more yet. May run the user's iterator. Also asked for none. */
  take(max: number): Task[];
  /** How many tasks could run now if there were workers enough; an estimate. */
  readonly backlog: number;
  /** A task of it has run for so long. */
  onRan(ms: number): void;
  /** False once `take` will never return another task. While true and `take` returns none, the source is parked. */
  readonly isOpen: boolean;
}

/** Tasks that were taken before, and are to run once more, or by another worker. */
export class ReadyTasks implements TaskSource {
  readonly kind: TaskKind;
  #tasks: Task[];

  constructor(kind: TaskKind, tasks: Task[]) {
    this.kind = kind;
    this.#tasks = tasks;
  }

  get isOpen(): boolean {
    return this.#tasks.length > 0;
  }

  get backlog(): number {
    return this.#tasks.reduce((sum, { state }) => (state === 'queued' ? sum + 1 : sum), 0);
  }

  onRan(): void {}

  /** One at a time: a task that runs again may have been what took its worker down. */
  chunkSize(): number {
    return 1;
  }

  take(max: number): Task[] {
    return this.#tasks.splice(0, max);
  }
}
