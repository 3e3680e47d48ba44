import { startTimer } from '../util/timer.ts';
import type { Batch } from './batch.ts';
import type { Diagnostics } from './diagnostics.ts';
import { judgeError, judgeLoss, type Verdict } from './judge.ts';
import type { Loss } from './loss.ts';
import { Tally } from './statistics.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskStop } from './task-stop.ts';

export interface TaskOutcomesEvents {
  /** It is to run again. */
  onDue(task: Task): void;
  /** A task that is no item of a job has settled, and that is told. */
  onCallSettled(): void;
}

/** What becomes of the tasks of a crew: each settles, or runs again. Counts, and tells who listens. */
export class TaskOutcomes {
  readonly tally: Tally = new Tally();
  /** What is to run again, and not yet. */
  readonly #delayed = new Set<Task>();
  readonly #diagnostics: Diagnostics;
  readonly #events: TaskOutcomesEvents;

  constructor(diagnostics: Diagnostics, events: TaskOutcomesEvents) {
    this.#diagnostics = diagnostics;
    this.#events = events;
  }

  get delayed(): ReadonlySet<Task> {
    return this.#delayed;
  }

  countDelayed(): number {
    let count = 0;
    for (const { state } of this.#delayed) if (state === 'queued') count += 1;
    return count;
  }

  /** Tasks of the batch from `position` on, of which none is made, have returned what is in `values` from `from` on. */
  onValues(batch: Batch, position: number, values: ArrayLike<unknown>, from: number): void {
    this.tally.counts.done += values.length - from;
    batch.settle(position, values, from);
  }

  /**
   * It ran for `ms`; `stop`: it had been asked to end. One that was asked because of its time limit and returned something all the
   * same has done its work.
   */
  onAnswered(task: Task, outcome: Outcome, ms: number, stop: TaskStop | undefined): void {
    if (task.state === 'settled') return;
    this.#diagnostics.onAnswered(task);
    if (outcome.is === 'error') this.#carryOut(judgeError(task, outcome.error, stop), task, ms);
    else this.#settle(task, outcome, ms);
  }

  /** Its input cannot cross. */
  onRefused(task: Task, outcome: Outcome): void {
    this.#carryOut({ is: 'settled', outcome }, task, null);
  }

  /** Their worker ended. */
  onLost(tasks: readonly Task[], loss: Loss, stop: TaskStop | undefined): void {
    for (const task of tasks) {
      if (task.state === 'settled') continue;
      this.#diagnostics.onLoss(task, loss);
      this.#carryOut(judgeLoss(task, loss, stop), task, null);
    }
  }

  onDiscarded(batch: Batch): void {
    this.tally.counts.cancelled += batch.discard();
  }

  onCancelled(task: Task, error: unknown): void {
    if (!task.settle({ is: 'error', error })) return;
    if (task.isCall) this.#events.onCallSettled();
    this.tally.counts.cancelled += 1;
    this.#diagnostics.onEnd(task, 'cancelled', error, null);
  }

  #carryOut(verdict: Verdict, task: Task, ms: number | null): void {
    if (verdict.is === 'settled') this.#settle(task, verdict.outcome, ms);
    else if (task.state !== 'settled') this.#requeue(task, verdict);
  }

  /** What is told runs code of the user's, which may have settled the task meanwhile. */
  #settle(task: Task, outcome: Outcome, ms: number | null): void {
    if (task.state === 'settled') return;
    const isDone = outcome.is === 'value';
    this.tally.counts[isDone ? 'done' : 'failed'] += 1;
    task.settle(outcome);
    if (task.isCall) this.#events.onCallSettled();
    this.#diagnostics.onEnd(task, isDone ? 'done' : 'failed', isDone ? undefined : outcome.error, ms);
  }

  #requeue(task: Task, { delay, error }: Extract<Verdict, { is: 'again' }>): void {
    this.tally.counts.retried += 1;
    task.requeue();
    this.#delayed.add(task);
    const again = (): void => {
      this.#delayed.delete(task);
      this.#events.onDue(task);
    };
    if (delay === 0) again();
    else startTimer(delay, again);
    this.#diagnostics.onRetry(task, error, delay);
  }
}
