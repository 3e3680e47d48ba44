import type { Batch } from '../workers/batch.ts';
import { adaptiveSize } from '../workers/batch-size.ts';
import { ItemRange, type RangeOwner } from '../workers/item-range.ts';
import type { Outcome, Task, TaskKind } from '../workers/task.ts';
import type { TaskSource } from '../workers/task-source.ts';
import { type Input, type Items, openInput } from './input.ts';

export interface ItemTasksEvents {
  /** How many more items may be read from the input now. */
  allowance(): number;
  onValues: RangeOwner['onValues'];
  onOutcome(index: number, outcome: Outcome): void;
  /** The input has ended after so many items; `error`: it threw. */
  onInputEnd(count: number, error: { readonly reason: unknown } | undefined): void;
  /** A slow input has something again. */
  onReady(): void;
}

/** A task for each item of an input, read when a worker can take it. */
export class ItemTasks<T> implements TaskSource, RangeOwner {
  readonly kind: TaskKind;
  readonly #input: Input;
  readonly #chunkSize: number | 'auto';
  readonly #events: ItemTasksEvents;
  /** With items that have not settled. */
  readonly #live = new Set<ItemRange>();
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

  /** Those that have not settled. */
  *live(): Generator<Task, void, undefined> {
    for (const range of this.#live) yield* range.unsettled();
  }

  /** What these are in. */
  ranges(): ItemRange[] {
    return [...this.#live];
  }

  /** Items read so far. */
  get count(): number {
    return this.#count;
  }

  /** How many items there are, as far as that is known: those read, and those left. */
  get total(): number {
    return this.#count + this.#input.remaining;
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

  onValues(index: number, values: ArrayLike<unknown>, from: number): void {
    this.#events.onValues(index, values, from);
  }

  onOutcome(index: number, outcome: Outcome): void {
    this.#events.onOutcome(index, outcome);
  }

  onDone(range: ItemRange): void {
    this.#live.delete(range);
  }

  onCutOff(rest: ItemRange): void {
    this.#live.add(rest);
  }

  take(max: number): Batch {
    const most = this.#hasEnded ? 0 : Math.min(max, this.#events.allowance());
    const pulled = most > 0 ? this.#input.pull(most) : undefined;
    // The input itself may have ended the job, for example by aborting its signal.
    const range = new ItemRange(this.kind, (!this.#hasEnded && pulled?.items) || [], this.#count, this);
    if (range.length > 0) this.#live.add(range);
    this.#count += range.length;
    // Not only when a worker asks for more: there may be none any more.
    if (!this.#hasEnded && (pulled?.next === 'end' || this.#input.remaining === 0)) this.#end(pulled?.error);
    return range;
  }

  /** Reads no more of the input, and lets it go. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#input.close();
  }

  #end(error: { readonly reason: unknown } | undefined): void {
    this.#hasEnded = true;
    this.#events.onInputEnd(this.#count, error);
  }
}
