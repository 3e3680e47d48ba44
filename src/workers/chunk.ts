import { endLeases } from '../memory/lease.ts';
import type { Batch } from './batch.ts';
import { carriersOf } from './observation.ts';
import type { RunRequest } from './protocol.ts';
import type { Task, TaskKind } from './task.ts';
import type { TaskSource } from './task-source.ts';

/** Tasks of one source that a worker got together. It runs them in order. */
export class Chunk {
  readonly source: TaskSource;
  readonly batch: Batch;
  /** Number of its first task in the worker. */
  readonly first: number;
  /** What must live until the worker has the values. */
  readonly #held: readonly object[];
  /** Positions of those that were taken back. */
  readonly #gaps = new Set<number>();
  #position = 0;

  constructor(source: TaskSource, first: number, batch: Batch, held: readonly object[]) {
    this.source = source;
    this.first = first;
    this.batch = batch;
    this.#held = held;
  }

  get kind(): TaskKind {
    return this.batch.kind;
  }

  /** Number of the first task that has not been answered. */
  get seq(): number {
    return this.first + this.#position;
  }

  get end(): number {
    return this.first + this.batch.length;
  }

  /** How many are left, those taken back included. */
  get left(): number {
    return this.batch.length - this.#position;
  }

  /** The first task that has not been answered is still to be run here. */
  get hasCurrent(): boolean {
    return this.left > 0 && !this.#gaps.has(this.#position);
  }

  get current(): Task | undefined {
    return this.hasCurrent ? this.batch.at(this.#position) : undefined;
  }

  /** Position of the first task that has not been answered, and how many follow it without a gap. */
  get run(): { readonly position: number; readonly length: number } {
    let end = this.batch.length;
    for (const gap of this.#gaps) if (gap >= this.#position && gap < end) end = gap;
    return { position: this.#position, length: end - this.#position };
  }

  /** The worker is through with it, or gone. */
  letGo(): void {
    endLeases(this.#held);
  }

  advance(count: number): void {
    this.#position += count;
  }

  find(task: Task): number | undefined {
    const position = this.batch.find(task);
    return position < this.#position || this.#gaps.has(position) ? undefined : this.first + position;
  }

  /** False for one that was taken back. */
  has(seq: number): boolean {
    return !this.#gaps.has(seq - this.first);
  }

  at(seq: number): Task | undefined {
    return this.has(seq) ? this.batch.at(seq - this.first) : undefined;
  }

  /** The worker will not run it. */
  remove(seq: number): void {
    this.#gaps.add(seq - this.first);
  }

  /** Nor any of those from there on, which leave the chunk; those that were taken back before are not among them. */
  release(seq: number): Batch[] {
    const released: Batch[] = [];
    const from = seq - this.first;
    const gaps = [...this.#gaps].filter((gap) => gap >= from).sort((a, b) => b - a);
    for (const gap of gaps) {
      released.unshift(this.batch.cutOff(gap + 1));
      this.batch.cutOff(gap);
    }
    released.unshift(this.batch.cutOff(from));
    return released.filter(({ length }) => length > 0);
  }

  /** How many tasks are in each state. */
  count(): { readonly sent: number; readonly running: number } {
    const { batch } = this;
    let [sent, running] = [0, 0];
    for (let position = this.#position; position < batch.length; position += 1) {
      if (this.#gaps.has(position)) continue;
      const state = batch.made(position)?.state ?? 'sent';
      if (state === 'sent') sent += 1;
      if (state === 'running') running += 1;
    }
    return { sent, running };
  }

  toRequest(fn: number, isNew: boolean, lengths: readonly number[] | undefined): RunRequest {
    const { kind, length, ids, attempts } = this.batch;
    const { target, call, settings } = kind;
    const carriers = carriersOf(this.batch);
    return {
      kind: 'run',
      first: this.first,
      count: length,
      fn,
      ...(isNew && { target }),
      call,
      ids,
      ...(attempts && { attempts }),
      ...(Number.isFinite(settings.timeout) && { timeout: settings.timeout }),
      ...(lengths && { lengths }),
      ...(carriers && { carriers }),
    };
  }
}
