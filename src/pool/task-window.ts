import type { Task } from '../workers/task.ts';

/** The tasks of one job that have not settled. They come in the order of their index, and mostly leave in it. */
export class TaskWindow {
  /** Those from `#first` on; a gap where one has left. */
  #tasks: Array<Task | undefined> = [];
  #first = 0;
  #gaps = 0;

  add(task: Task): void {
    this.#tasks.push(task);
  }

  remove(task: Task): void {
    this.#tasks[task.index - this.#first] = undefined;
    this.#gaps += 1;
    // Now and then, so that each task is moved once at the most.
    if (this.#gaps > 1024 && this.#gaps > this.#tasks.length / 2) this.#compact();
  }

  *[Symbol.iterator](): Generator<Task, void, undefined> {
    for (const task of this.#tasks) if (task) yield task;
  }

  #compact(): void {
    const gap = this.#tasks.findIndex((task) => task !== undefined);
    const gone = gap < 0 ? this.#tasks.length : gap;
    this.#tasks.splice(0, gone);
    this.#first += gone;
    this.#gaps -= gone;
  }
}
