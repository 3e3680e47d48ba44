import { RunClock } from './run-clock.ts';
import type { Task } from './task.ts';
import { TaskStop } from './task-stop.ts';

export type StopReason = TaskStop['reason'];

export interface TurnActions {
  /** Of the worker. */
  readonly pid: number;
  /** Tells the worker to end the task whose turn it is. */
  ask(reason: StopReason): void;
  /** Finds out where the worker's JavaScript is; settles soon after that many milliseconds. */
  look(limit: number): Promise<string[]>;
  /** Nobody looks any more. */
  detach(): void;
  kill(): void;
  /** The task is out of time, as far as the worker has told. */
  onDue(task: Task): void;
}

/** The task whose turn it is in a worker: its time, and its end where somebody asks for that. */
export class Turn {
  readonly #actions: TurnActions;
  readonly #clock: RunClock;
  #task: Task | undefined;
  #stop: TaskStop | undefined;

  constructor(actions: TurnActions) {
    this.#actions = actions;
    this.#clock = new RunClock((task) => actions.onDue(task));
  }

  get task(): Task | undefined {
    return this.#task;
  }

  /** It is the turn of another task, or of none. */
  pass(task: Task | undefined): void {
    this.end();
    this.#task = task;
    if (!task) return;
    // It was cancelled before the worker got to it, and the worker may have got to it first.
    if (task.state === 'settled') this.stop('cancel');
    else {
      task.begin();
      this.#clock.start(task);
    }
  }

  /** Asks the task to end, and kills the worker if it does not. */
  stop(reason: StopReason): void {
    const task = this.#task;
    if (this.#stop || !task) return;
    const { pid, look, kill } = this.#actions;
    const ask = (): void => this.#actions.ask(reason);
    this.#stop = new TaskStop(reason, task.kind.settings.grace, { pid, ask, look, kill });
  }

  /** The worker has heard that it is to end the task. */
  heard(): void {
    this.#stop?.heard();
  }

  /** The worker begins only now, whatever waking it took; importing the function may take its time. */
  onBegun(isLoading: boolean): void {
    if (!this.#stop) this.#restart(isLoading);
  }

  /** All that had to be loaded is there. Asked to end for lack of time, the worker says so where that was too early. */
  onLoaded(): void {
    if (this.#stop?.reason === 'timeout') this.#endStop();
    if (!this.#stop) this.#restart(false);
  }

  /** The task has ended, or the worker. Returns how the task was asked to, if it was. */
  end(): TaskStop | undefined {
    this.#clock.stop();
    this.#task = undefined;
    return this.#endStop();
  }

  #restart(isLoading: boolean): void {
    if (this.#task?.state === 'running') this.#clock.start(this.#task, isLoading);
  }

  #endStop(): TaskStop | undefined {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.end();
    if (stop?.hasLooked) this.#actions.detach();
    return stop;
  }
}
