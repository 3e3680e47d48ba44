import { type ContextHolder, enterContext } from '../process/task-context.ts';
import type { RunningTask } from './running-task.ts';

/** The task that a worker is running. What it finds in `currentTask()` is made when somebody first looks at it, or listens. */
export class CurrentTask implements ContextHolder {
  seq: number;
  /** When it began, as far as that is known. */
  start: number;
  task: RunningTask | undefined;
  /** What it calls finds it by the context, also later; else it is found for as long as it is the one that runs. */
  isEntered = false;
  /** Somebody has looked at it, or can later. If not, it may as well stand for the next. */
  isSeen = false;
  readonly #make: (current: CurrentTask) => RunningTask;

  constructor(seq: number, start: number, make: (current: CurrentTask) => RunningTask) {
    this.seq = seq;
    this.start = start;
    this.#make = make;
  }

  enter(): void {
    this.isEntered = true;
    this.isSeen = true;
    enterContext(this);
  }

  get context(): RunningTask {
    this.isSeen = true;
    this.task ??= this.#make(this);
    return this.task;
  }
}
