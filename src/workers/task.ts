import type { FunctionRef } from '../wire/function-ref.ts';
import type { Failures } from './retry.ts';
import { TASK_TRANSITIONS, type TaskEvent, type TaskState } from './task-state.ts';
import type { TaskSettings } from './task-options.ts';
import { StateMachine } from '../util/state-machine.ts';

/** What a task came to. */
export type Outcome =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'error'; readonly error: unknown };

/** How a task ended, for the statistics: like its outcome, but a cancelled one is no failure. */
export type Ending = 'done' | 'failed' | 'cancelled';

/** What several tasks share: the function, how it is called, and what it may take. */
export interface TaskKind {
  readonly target: FunctionRef;
  readonly call: 'item' | 'args';
  readonly settings: TaskSettings;
}

let count = 0;

/** One call of a function in a worker. Settles exactly once: of competing ends the first to arrive wins. */
export class Task {
  readonly id: number;
  readonly kind: TaskKind;
  /** What the function is called with: the value, or, taken at submission already, its bytes. */
  readonly input: { readonly value: unknown } | { readonly bytes: Buffer };
  /** Where the input sits in what the user handed over: `args`, `items[3]`. */
  readonly path: string;
  readonly failures: Failures = { crashes: 0, errors: 0, timeouts: 0 };
  readonly #state: StateMachine<TaskState, TaskEvent>;
  readonly #onSettle: (outcome: Outcome) => void;
  /** Runs so far, the present one included. */
  attempt = 0;

  constructor(kind: TaskKind, input: Task['input'], path: string, onSettle: (outcome: Outcome) => void) {
    count += 1;
    this.id = count;
    this.kind = kind;
    this.input = input;
    this.path = path;
    this.#onSettle = onSettle;
    this.#state = new StateMachine(`task ${this.id}`, TASK_TRANSITIONS, 'queued');
  }

  get state(): TaskState {
    return this.#state.state;
  }

  /** It has been given to a worker, which has not begun it. */
  send(): void {
    this.#state.move('send');
  }

  begin(): void {
    this.#state.move('begin');
    this.attempt += 1;
  }

  /** Back to the queue: it has failed, and may run again. */
  requeue(): void {
    this.#state.move('requeue');
  }

  /** Back to the queue: its worker never began it after all. */
  withdraw(): void {
    if (this.state === 'running') this.attempt -= 1;
    this.#state.move('requeue');
  }

  /** False if it had settled before; then this outcome is dropped. */
  settle(outcome: Outcome): boolean {
    if (!this.#state.can('settle')) return false;
    this.#state.move('settle');
    this.#onSettle(outcome);
    return true;
  }
}
