import { InternalError } from '../errors/internal-error.ts';
import type { Callee } from '../wire/callee.ts';
import { countFailure, type FailureKind, type Failures } from './retry.ts';
import type { TaskSettings } from './task-options.ts';
import { TASK_TRANSITIONS, type TaskEvent, type TaskState } from './task-state.ts';

/** What a task came to. */
export type Outcome =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'error'; readonly error: unknown };

/** What several tasks share: the function, how it is called, and what it may take. */
export interface TaskKind {
  readonly target: Callee;
  readonly call: 'item' | 'args';
  readonly settings: TaskSettings;
}

/** A value's bytes, and the shared objects in it: they must live for as long as the bytes may be sent. */
export interface EncodedValue {
  readonly bytes: Buffer;
  readonly held: readonly object[];
}

let count = 0;

/** So often a worker may be lost that has a task and has not begun it; from then on the task counts as what kills them. */
const UNBEGUN_LOSSES = 2;

/**
 * One call of a function in a worker. Settles exactly once: of competing ends the first to arrive wins.
 * A pool may hold a million of them, so that a state machine with its story is too much for each.
 */
export class Task {
  readonly id: number;
  readonly kind: TaskKind;
  /** What the function is called with: the value, or, taken at submission already, its bytes. */
  readonly input: { readonly value: unknown } | EncodedValue;
  /** Where the input sits in what the user handed over: `args`, `items[3]`. */
  readonly path: string;
  readonly #onSettle: (outcome: Outcome) => void;
  #state: TaskState = 'queued';
  #failures: Failures | undefined;
  #unbegunLosses = 0;
  #isWanted = true;
  /** Runs so far, the present one included. */
  attempt = 0;

  constructor(kind: TaskKind, input: Task['input'], path: string, onSettle: (outcome: Outcome) => void) {
    count += 1;
    this.id = count;
    this.kind = kind;
    this.input = input;
    this.path = path;
    this.#onSettle = onSettle;
  }

  get state(): TaskState {
    return this.#state;
  }

  /** It has been given to a worker, which has not begun it. */
  send(): void {
    this.#move('send');
  }

  begin(): void {
    this.#move('begin');
    this.attempt += 1;
  }

  /** Nobody asks for its result any more: it may run to its end, but not once more. */
  disown(): void {
    this.#isWanted = false;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Counts the failure, and says whether it may run again. */
  mayRetryAfter(kind: FailureKind): boolean {
    this.#failures ??= { crashes: 0, errors: 0, timeouts: 0 };
    return countFailure(this.kind.settings.retries, this.#failures, kind) && this.#isWanted;
  }

  /** The worker that had it was lost before it said that it began; true if that is no reason to settle. */
  outlivesUnbegun(): boolean {
    this.#unbegunLosses += 1;
    return this.#unbegunLosses <= UNBEGUN_LOSSES;
  }

  /** Back to the queue: it has failed, and may run again. */
  requeue(): void {
    this.#move('requeue');
  }

  /** Back to the queue: its worker never began it after all. */
  withdraw(): void {
    if (this.state === 'running') this.attempt -= 1;
    this.#move('requeue');
  }

  /** False if it had settled before; then this outcome is dropped. */
  settle(outcome: Outcome): boolean {
    if (this.#state === 'settled') return false;
    this.#move('settle');
    this.#onSettle(outcome);
    return true;
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
