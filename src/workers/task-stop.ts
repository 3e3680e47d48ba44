import { StateMachine } from '../util/state-machine.ts';
import { startTimer } from '../util/timer.ts';
import { STOP_TRANSITIONS, type StopEvent, type StopState } from './task-stop-state.ts';

/** How long a worker has to say that it heard, before it counts as stuck and is looked into, in milliseconds. */
const HEARING = 50;
/** How long a worker has to let itself be looked into, where the grace is shorter, in milliseconds. */
const WAKING = 200;

export interface StopActions {
  /** Of the worker. */
  readonly pid: number;
  /** Tells the worker; it answers `heard`. */
  ask(): void;
  /** Finds out where its JavaScript is; settles soon after that many milliseconds. */
  look(limit: number): Promise<string[]>;
  kill(): void;
}

/**
 * Ends one running task: asked at once, killed after the grace. A worker that does not hear, because it is in a loop or in a
 * system call, is looked into meanwhile: `stuckAt` is where it was about when it was asked.
 */
export class TaskStop {
  readonly reason: 'timeout' | 'cancel';
  readonly pid: number;
  stuckAt: readonly string[] = [];
  readonly #actions: StopActions;
  readonly #timers: Array<{ cancel(): void }>;
  readonly #state: StateMachine<StopState, StopEvent>;
  #look: Promise<void> | undefined;

  constructor(reason: 'timeout' | 'cancel', grace: number, actions: StopActions) {
    this.reason = reason;
    this.pid = actions.pid;
    this.#actions = actions;
    this.#state = new StateMachine(`${reason} of a task in ${actions.pid}`, STOP_TRANSITIONS, 'asked', {
      over: () => {
        for (const timer of this.#timers) timer.cancel();
      },
    });
    actions.ask();
    this.#timers = [
      startTimer(Math.min(HEARING, grace), () => this.#lookIfStuck(grace)),
      startTimer(grace, () => void this.#kill()),
    ];
  }

  /** Its inspector was woken, and should be put to sleep again if the worker lives on. */
  get hasLooked(): boolean {
    return this.#look !== undefined;
  }

  heard(): void {
    this.#state.move('hear');
  }

  /** The task has ended, one way or the other. */
  end(): void {
    this.#state.move('end');
  }

  #lookIfStuck(grace: number): void {
    if (this.#state.state !== 'asked' || this.reason === 'cancel') return;
    this.#state.move('look');
    this.#look = this.#actions.look(Math.max(WAKING, grace - HEARING)).then((frames) => {
      this.stuckAt = frames;
    });
  }

  async #kill(): Promise<void> {
    this.#lookIfStuck(0);
    await this.#look;
    if (this.#state.state !== 'over') this.#actions.kill();
  }
}
