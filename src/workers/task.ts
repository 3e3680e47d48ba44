import { InternalError } from '../errors/internal-error.ts';
import { endLeases } from '../memory/lease.ts';
import type { Callee } from '../wire/callee.ts';
import { countFailure, type FailureKind, type Failures } from './retry.ts';
import type { RunCost } from './run-cost.ts';
import type { TaskSettings } from './task-options.ts';
import { TASK_TRANSITIONS, type TaskEvent, type TaskState } from './task-state.ts';

/** What a task came to. */
export type Outcome =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'error'; readonly error: unknown };

/** What several tasks share: the function, how it is called, what it may take, and what it takes. */
export interface TaskKind {
  readonly target: Callee;
  readonly call: 'item' | 'args';
  readonly settings: TaskSettings;
  readonly cost: RunCost;
}

/** A value's bytes, and the shared objects in it: they must live for as long as the bytes may be sent. */
export class EncodedValue {
  readonly bytes: Buffer;
  readonly held: readonly object[];

  constructor(bytes: Buffer, held: readonly object[]) {
    this.bytes = bytes;
    this.held = held;
  }
}

/** Whose task it is. */
export interface TaskOwner {
  /** Once for each task. */
  onSettle(task: Task, outcome: Outcome): void;
}

/** What a call has in the place of the index of its item. */
export const NO_INDEX = -1;

/** Where an input sits in what the user handed over: `args`, `args[0]`, `items[3]`. */
export function pathOf(call: TaskKind['call'], index: number): string {
  if (index >= 0) return `items[${index}]`;
  return call === 'item' ? 'args[0]' : 'args';
}

/** What has gone wrong with a task; most never have one. */
class Troubles {
  readonly failures: Failures = { crashes: 0, errors: 0, timeouts: 0 };
  unbegunLosses = 0;
  isWanted = true;
}

let lastId = 0;

/** Ids for so many tasks, which are made later, if at all: the first; the others count up from it. */
export function reserveIds(count: number): number {
  const first = lastId + 1;
  lastId += count;
  return first;
}

/** So often a worker may be lost that has a task and has not begun it; from then on the task counts as what kills them. */
const UNBEGUN_LOSSES = 2;

/**
 * One call of a function in a worker. Settles exactly once: of competing ends the first to arrive wins.
 * A pool may hold a million of them, so that a state machine with its story is too much for each.
 */
export class Task {
  readonly id: number;
  readonly kind: TaskKind;
  /** What the function is called with: a value that is taken when it is sent, or, taken at submission already, an EncodedValue. */
  readonly input: unknown;
  /** Which item of its job it is; NO_INDEX for a call. */
  readonly index: number;
  #owner: TaskOwner;
  #state: TaskState = 'queued';
  #troubles: Troubles | undefined;
  /** Runs so far, the one it has been sent for included. */
  attempt = 0;

  constructor(kind: TaskKind, input: unknown, index: number, owner: TaskOwner, id: number = reserveIds(1)) {
    this.id = id;
    this.kind = kind;
    this.input = input;
    this.index = index;
    this.#owner = owner;
  }

  get state(): TaskState {
    return this.#state;
  }

  /** Somebody else is to hear of its end. */
  moveTo(owner: TaskOwner): void {
    this.#owner = owner;
  }

  /** Where the input sits in what the user handed over. */
  get path(): string {
    return pathOf(this.kind.call, this.index);
  }

  /** It is no item of a job, but one by itself. */
  get isCall(): boolean {
    return this.index === NO_INDEX;
  }

  /** It has been given to a worker, which has not begun it. */
  send(): void {
    this.#move('send');
    this.attempt += 1;
  }

  /** It is the first that its worker has not answered. */
  begin(): void {
    this.#move('begin');
  }

  /** Nobody asks for its result any more: it may run to its end, but not once more. */
  disown(): void {
    this.#trouble().isWanted = false;
  }

  get isWanted(): boolean {
    return this.#troubles?.isWanted ?? true;
  }

  /** Counts the failure, and says whether it may run again. */
  mayRetryAfter(kind: FailureKind): boolean {
    const { failures, isWanted } = this.#trouble();
    return countFailure(this.kind.settings.retries, failures, kind) && isWanted;
  }

  /** The worker that had it was lost before it said that it began; true if that is no reason to settle. */
  outlivesUnbegun(): boolean {
    const troubles = this.#trouble();
    troubles.unbegunLosses += 1;
    return troubles.unbegunLosses <= UNBEGUN_LOSSES;
  }

  /** Back to the queue: it has failed, and may run again. */
  requeue(): void {
    this.#move('requeue');
  }

  /** Back to the queue: its worker never began it after all. */
  withdraw(): void {
    this.#move('requeue');
    this.attempt -= 1;
  }

  /** False if it had settled before; then this outcome is dropped. */
  settle(outcome: Outcome): boolean {
    if (this.#state === 'settled') return false;
    this.#move('settle');
    if (this.input instanceof EncodedValue) endLeases(this.input.held);
    this.#owner.onSettle(this, outcome);
    return true;
  }

  #trouble(): Troubles {
    this.#troubles ??= new Troubles();
    return this.#troubles;
  }

  #move(event: TaskEvent): void {
    const next = TASK_TRANSITIONS[this.#state][event];
    if (next === undefined) {
      throw new InternalError(
        `Cannot move task ${this.id} by "${event}": it is ${this.#state}, in attempt ${this.attempt}`,
      );
    }
    this.#state = next;
  }
}
