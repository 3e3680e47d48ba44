import { startTimer } from '../util/timer.ts';
import type { Batch } from './batch.ts';
import type { Diagnostics } from './diagnostics.ts';
import { judgeAnswer, judgeLoss, type Verdict } from './judge.ts';
import type { Loss } from './loss.ts';
import { Tally } from './statistics.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskStop } from './task-stop.ts';

/** What becomes of the tasks of a crew: each settles, or runs again. Counts, and tells who listens. */
export class TaskOutcomes {
  readonly tally: Tally = new Tally();
  /** What is to run again, and not yet. */
  readonly #delayed = new Set<Task>();
  readonly #diagnostics: Diagnostics;
  readonly #onDue: (task: Task) => void;

  /** @param onDue is called when a task is to run again */
  constructor(diagnostics: Diagnostics, onDue: (task: Task) => void) {
    this.#diagnostics = diagnostics;
    this.#onDue = onDue;
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
  onValues(batch: Batch, position: number, values: readonly unknown[], from: number): void {
    this.tally.counts.done += values.length - from;
    batch.settle(position, values, from);
  }

  /** It ran for `ms`; `stop`: it had been asked to end. */
  onAnswered(task: Task, outcome: Outcome, ms: number, stop: TaskStop | undefined): void {
    if (task.state === 'settled') return;
    this.#diagnostics.onAnswered(task);
    this.#carryOut(judgeAnswer(task, outcome, stop), task, ms);
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

  onCancelled(task: Task, error: unknown): void {
    if (!task.settle({ is: 'error', error })) return;
    this.tally.counts.cancelled += 1;
    this.#diagnostics.onEnd(task, 'cancelled', error, null);
  }

  /** What is told runs code of the user's, which may have settled the task meanwhile. */
  #carryOut(verdict: Verdict, task: Task, ms: number | null): void {
    if (task.state === 'settled') return;
    if (verdict.is === 'again') this.#requeue(task, verdict);
    else this.#settle(task, verdict.outcome, ms);
  }

  #settle(task: Task, outcome: Outcome, ms: number | null): void {
    const isDone = outcome.is === 'value';
    this.tally.counts[isDone ? 'done' : 'failed'] += 1;
    task.settle(outcome);
    this.#diagnostics.onEnd(task, isDone ? 'done' : 'failed', isDone ? undefined : outcome.error, ms);
  }

  #requeue(task: Task, { delay, error }: Extract<Verdict, { is: 'again' }>): void {
    this.tally.counts.retried += 1;
    task.requeue();
    this.#delayed.add(task);
    const again = (): void => {
      this.#delayed.delete(task);
      this.#onDue(task);
    };
    if (delay === 0) again();
    else startTimer(delay, again);
    this.#diagnostics.onRetry(task, error, delay);
  }
}
