import type { List } from '../util/packed-numbers.ts';
import { type Batch, isQueued, TaskList } from './batch.ts';
import { type Outcome, pathOf, reserveIds, Task, type TaskKind, type TaskOwner } from './task.ts';

/** Whose items they are. Each is told of once, by one of the two. */
export interface RangeOwner {
  /** Results of items that follow each other, those from `from` on; `index`: of the first of them. */
  onValues(index: number, values: ArrayLike<unknown>, from: number): void;
  onOutcome(index: number, outcome: Outcome): void;
  /** Every item of the range has settled, before the last is told of; or has left it. */
  onDone(range: ItemRange): void;
  /** Some of the items of a range are one of their own now. */
  onCutOff(rest: ItemRange): void;
}

/**
 * Items of a map that were read together. They are sent, run and answered without an object for each; where one of them is cancelled,
 * fails or is lost, it becomes a task, and goes its own way. Those that a worker gives back are cut off, and are a range again.
 */
export class ItemRange implements Batch, TaskOwner {
  readonly kind: TaskKind;
  readonly mayBeEncoded = false;
  readonly ids: number;
  /** Attempts that are not the first are those of tasks. */
  readonly attempts = undefined;
  /** Which item of its job is the first. */
  readonly #index: number;
  #inputs: List;
  readonly #owner: RangeOwner;
  readonly #made = new Map<number, Task>();
  #isSent = false;
  /** Those before it that are no tasks have settled. */
  #settledTo = 0;
  #unsettled: number;

  constructor(kind: TaskKind, inputs: List, index: number, owner: RangeOwner, ids: number = reserveIds(inputs.length)) {
    this.kind = kind;
    this.ids = ids;
    this.#inputs = inputs;
    this.#index = index;
    this.#owner = owner;
    this.#unsettled = inputs.length;
  }

  get inputs(): List {
    return this.#inputs;
  }

  get length(): number {
    return this.#inputs.length;
  }

  /** How many have not settled. */
  get left(): number {
    return this.#unsettled;
  }

  pathOf(position: number): string {
    return pathOf(this.kind.call, this.#index + position);
  }

  at(position: number): Task {
    let task = this.#made.get(position);
    if (!task) {
      task = new Task(this.kind, this.#inputs[position], this.#index + position, this, this.ids + position);
      this.#made.set(position, task);
      if (this.#isSent) task.send();
    }
    return task;
  }

  made(position: number): Task | undefined {
    return this.#made.get(position);
  }

  nextMade(position: number): number {
    let next = this.length;
    for (const made of this.#made.keys()) if (made >= position && made < next) next = made;
    return next;
  }

  find(task: Task): number {
    const position = task.index - this.#index;
    return this.#made.get(position) === task ? position : -1;
  }

  waiting(): Batch {
    if ([...this.#made.values()].every(isQueued)) return this;
    return new TaskList(this.kind, [...this.unsettled()].filter(isQueued));
  }

  send(): void {
    this.#isSent = true;
    for (const task of this.#made.values()) task.send();
  }

  withdraw(): void {
    this.#isSent = false;
    for (const task of this.#made.values()) if (task.state !== 'settled') task.withdraw();
  }

  cutOff(position: number): ItemRange {
    const inputs = this.#inputs.slice(position);
    const rest = new ItemRange(this.kind, inputs, this.#index + position, this.#owner, this.ids + position);
    this.#inputs = this.#inputs.slice(0, position);
    rest.#isSent = this.#isSent;
    for (const [at, task] of this.#made) {
      if (at < position) continue;
      this.#made.delete(at);
      rest.#adopt(at - position, task);
    }
    if (rest.left > 0) this.#owner.onCutOff(rest);
    this.#count(rest.left);
    return rest;
  }

  discard(): number {
    if (this.#isSent || this.#made.size > 0) return 0;
    const { left } = this;
    this.#inputs = [];
    this.#count(left);
    return left;
  }

  /** Nobody has answered what has begun. */
  isRunning(): boolean {
    return [...this.#made.values()].some(({ state }) => state === 'running');
  }

  settle(position: number, values: ArrayLike<unknown>, from: number): void {
    const count = values.length - from;
    this.#settledTo = position + count;
    this.#count(count);
    this.#owner.onValues(this.#index + position, values, from);
  }

  onSettle(task: Task, outcome: Outcome): void {
    this.#count(1);
    this.#owner.onOutcome(task.index, outcome);
  }

  /** Those that have not settled, as tasks. */
  *unsettled(): Generator<Task, void, undefined> {
    for (let position = 0; position < this.length; position += 1) {
      const made = this.#made.get(position);
      if (made ? made.state !== 'settled' : position >= this.#settledTo) yield this.at(position);
    }
  }

  #adopt(position: number, task: Task): void {
    task.moveTo(this);
    this.#made.set(position, task);
    if (task.state === 'settled') this.#unsettled -= 1;
  }

  /** So many are through, or have left. */
  #count(gone: number): void {
    this.#unsettled -= gone;
    if (this.#unsettled === 0) this.#owner.onDone(this);
  }
}
