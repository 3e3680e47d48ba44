import type { Loss } from './loss.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskSource } from './task-source.ts';
import type { TaskStop } from './task-stop.ts';

/** What a worker tells its crew. */
export interface WorkerOwner<Worker> {
  /** Its initializer is through. */
  onReady(worker: Worker): void;
  /** It may get another chunk. */
  onFree(worker: Worker): void;
  /** A task has answered; `ms` is how long it ran. `stop`: it had been asked to end. */
  onOutcome(task: Task, outcome: Outcome, source: TaskSource, ms: number, stop: TaskStop | undefined): void;
  /** These have not begun, and go back to the queue. */
  onReturned(tasks: readonly Task[]): void;
  /** This one cannot cross. */
  onRefused(task: Task, outcome: Outcome): void;
  /** It has ended, and what it was running is lost with it. */
  onEnd(worker: Worker, loss: Loss, running: Task | undefined, stop: TaskStop | undefined): void;
  onStartError(worker: Worker, error: unknown): void;
}
