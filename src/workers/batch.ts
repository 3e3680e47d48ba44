import type { List } from '../util/packed-numbers.ts';
import type { Task, TaskKind } from './task.ts';

/**
 * Tasks of one kind that go to a worker together. Those of a map are items at first: a task is made of one only when it needs
 * attention by itself.
 */
export interface Batch {
  readonly kind: TaskKind;
  readonly length: number;
  /** What each is called with. */
  readonly inputs: List;
  /** There may be an EncodedValue among them. */
  readonly mayBeEncoded: boolean;
  /** Of each task, or of the first where they count up from it. */
  readonly ids: number | readonly number[];
  /** Undefined: the first attempt of each. */
  readonly attempts: readonly number[] | undefined;
  /** Where an input sits in what the user handed over. */
  pathOf(position: number): string;
  /** The task, which is made if it was none. */
  at(position: number): Task;
  /** The task, if it is made. */
  made(position: number): Task | undefined;
  /** The first position from this one on whose task is made; the length if there is none. */
  nextMade(position: number): number;
  /** -1 if it is none of these. */
  find(task: Task): number;
  /** Without the tasks that do not wait any more: they were cancelled. */
  waiting(): Batch;
  /** A worker has them, and has not begun them. */
  send(): void;
  /** They come back from it. */
  withdraw(): void;
  /** The tasks from `position` on leave this batch: none of them is answered but by its own task. */
  cutOff(position: number): Batch;
  /** Lets go of tasks that nobody wants any more and no worker has, if none of them is made; returns how many. */
  discard(): number;
  /** The results of tasks from `position` on: what is in `values` from `from` on. None of them is made. */
  settle(position: number, values: ArrayLike<unknown>, from: number): void;
}

/** Tasks that are made. */
export class TaskList implements Batch {
  readonly kind: TaskKind;
  readonly mayBeEncoded = true;
  #tasks: readonly Task[];

  /** All of that kind. */
  constructor(kind: TaskKind, tasks: readonly Task[]) {
    this.kind = kind;
    this.#tasks = tasks;
  }

  get length(): number {
    return this.#tasks.length;
  }

  get inputs(): readonly unknown[] {
    return this.#tasks.map(({ input }) => input);
  }

  get ids(): number | readonly number[] {
    const first = this.#tasks[0]?.id ?? 0;
    const isInARow = this.#tasks.every(({ id }, index) => id === first + index);
    return isInARow ? first : this.#tasks.map(({ id }) => id);
  }

  get attempts(): readonly number[] | undefined {
    if (this.#tasks.every(({ attempt }) => attempt === 1)) return undefined;
    return this.#tasks.map(({ attempt }) => attempt);
  }

  pathOf(position: number): string {
    return this.at(position).path;
  }

  at(position: number): Task {
    return this.#tasks[position] as Task;
  }

  made(position: number): Task {
    return this.at(position);
  }

  nextMade(position: number): number {
    return position;
  }

  find(task: Task): number {
    return this.#tasks.indexOf(task);
  }

  waiting(): Batch {
    if (this.#tasks.every(isQueued)) return this;
    return new TaskList(this.kind, this.#tasks.filter(isQueued));
  }

  send(): void {
    for (const task of this.#tasks) task.send();
  }

  withdraw(): void {
    for (const task of this.#tasks) if (task.state !== 'settled') task.withdraw();
  }

  cutOff(position: number): TaskList {
    const rest = new TaskList(this.kind, this.#tasks.slice(position));
    this.#tasks = this.#tasks.slice(0, position);
    return rest;
  }

  discard(): number {
    return 0;
  }

  settle(position: number, values: ArrayLike<unknown>, from: number): void {
    for (let i = from; i < values.length; i += 1)
      this.at(position + i - from).settle({ is: 'value', value: values[i] });
  }
}

/** All of them, made. */
export function tasksOf(batch: Batch): Task[] {
  return Array.from({ length: batch.length }, (_, position) => batch.at(position));
}

/** Those that are made. */
export function* madeIn(batch: Batch): Generator<Task, void, undefined> {
  for (let at = batch.nextMade(0); at < batch.length; at = batch.nextMade(at + 1)) yield batch.at(at);
}

/** Each with those that follow each other and are of one kind. */
export function batchesOf(tasks: readonly Task[]): TaskList[] {
  const groups: Task[][] = [];
  for (const task of tasks) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === task.kind) group.push(task);
    else groups.push([task]);
  }
  return groups.map((group) => new TaskList((group[0] as Task).kind, group));
}

export function isQueued({ state }: Task): boolean {
  return state === 'queued';
}
