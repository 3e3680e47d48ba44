import type { Batch } from './batch.ts';
import type { Loss } from './loss.ts';
import type { SeenSuspension } from './suspension-watch.ts';
import type { Outcome, Task, TaskKind } from './task.ts';
import type { Origin } from './task-source.ts';
import type { TaskStop } from './task-stop.ts';

/** What a worker tells its crew. */
export interface WorkerOwner<Worker> {
  /** Its initializer is through. */
  onReady(worker: Worker): void;
  /** It has nothing to do. */
  onFree(worker: Worker): void;
  /** It has less to do than before. */
  onProgress(worker: Worker): void;
  /** It is the turn of this task. */
  onBegin(task: Task): void;
  /** Somebody wants to hear of each task. */
  areWatched(): boolean;
  /** Tasks of that kind ran, and for so long each, in milliseconds. */
  onRun(kind: TaskKind, times: Float32Array): void;
  /** A task has answered; `ms` is how long it ran. `stop`: it had been asked to end. */
  onOutcome(task: Task, outcome: Outcome, ms: number, stop: TaskStop | undefined): void;
  /** Tasks of the batch from `position` on have returned what is in `values` from `from` on; none of them is made. */
  onValues(batch: Batch, position: number, values: ArrayLike<unknown>, from: number): void;
  /** These have not begun, and go back to the queue. */
  onReturned(batches: readonly Batch[], origin: Exclude<Origin, 'submitted'>): void;
  /** This one cannot cross. */
  onRefused(task: Task, outcome: Outcome): void;
  /** Somebody has stopped it while it starts, or has something to do: once for each stop. */
  onSuspend(worker: Worker, suspension: SeenSuspension): void;
  /** It has ended, and with it what it had begun: one task at the most, but for answers that nobody could read any more. */
  onEnd(worker: Worker, loss: Loss, begun: readonly Task[], stop: TaskStop | undefined): void;
  onStartError(worker: Worker, error: unknown): void;
}
