import { carriersOf } from './observation.ts';
import type { RunRequest } from './protocol.ts';
import type { Task, TaskKind } from './task.ts';
import type { TaskSource } from './task-source.ts';

/** Tasks of one source that a worker got together. It runs them in order. */
export class Chunk {
  readonly source: TaskSource;
  readonly kind: TaskKind;
  /** Number of its first task in the worker. */
  readonly first: number;
  readonly length: number;
  /** Shared objects of the values, which must live until the worker has them. */
  readonly held: readonly object[];
  /** Without those that were taken back. */
  readonly #tasks: Array<Task | undefined>;
  #index = 0;

  constructor(source: TaskSource, first: number, tasks: readonly Task[], held: readonly object[]) {
    this.source = source;
    this.kind = source.kind;
    this.first = first;
    this.length = tasks.length;
    this.held = held;
    this.#tasks = [...tasks];
  }

  /** Number of the first task that has not been answered. */
  get seq(): number {
    return this.first + this.#index;
  }

  get end(): number {
    return this.first + this.length;
  }

  /** How many are left, those taken back included. */
  get left(): number {
    return this.length - this.#index;
  }

  /** The first task that has not been answered; undefined if it was taken back. */
  get current(): Task | undefined {
    return this.#tasks[this.#index];
  }

  advance(): void {
    this.#index += 1;
  }

  find(task: Task): number | undefined {
    const index = this.#tasks.indexOf(task, this.#index);
    return index < 0 ? undefined : this.first + index;
  }

  at(seq: number): Task | undefined {
    return this.#tasks[seq - this.first];
  }

  /** The worker will not run it. */
  remove(seq: number): void {
    this.#tasks[seq - this.first] = undefined;
  }

  toRequest(tasks: readonly Task[], fn: number, isNew: boolean, lengths: readonly number[] | undefined): RunRequest {
    const { target, call, settings } = this.kind;
    const firstId = tasks[0]?.id ?? 0;
    const carriers = carriersOf(tasks);
    const isInARow = tasks.every(({ id }, index) => id === firstId + index);
    return {
      kind: 'run',
      first: this.first,
      count: this.length,
      fn,
      ...(isNew && { target }),
      call,
      ids: isInARow ? firstId : tasks.map(({ id }) => id),
      ...(tasks.some(({ attempt }) => attempt !== 1) && { attempts: tasks.map(({ attempt }) => attempt) }),
      ...(Number.isFinite(settings.timeout) && { timeout: settings.timeout }),
      ...(lengths && { lengths }),
      ...(carriers && { carriers }),
    };
  }
}
