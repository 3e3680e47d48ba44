import { processTable, type Suspension } from '../os/process-table.ts';
import { startTimer } from '../util/timer.ts';

/** How often processes that have something to do are looked at, in milliseconds: nothing in the system would tell. */
const INTERVAL = 1000;

/** How soon again, after one of them was found to be stopped, until that is certain. */
const AGAIN = 400;

/**
 * So many looks in a row must find the same stop. Whoever stops and continues a whole tree does it to one process after the other. This
 * one may be the last to stop and the first to go on, with its timer due at once: so two looks say nothing. Nor does a stop that
 * lasts for a moment: a process whose system calls somebody traces has one with each of them.
 */
const LOOKS = 3;

/** A stop of a process, as it is told. */
export interface SeenSuspension extends Pick<Suspension, 'tracer'> {
  /** When it was first seen, in milliseconds since the epoch. */
  readonly since: number;
}

/** One timer serves them all, and a whole run of short tasks: it is not set anew for each, and goes off once more after the last. */
const watched = new Set<SuspensionWatch>();
let isArmed = false;

/** Finds out that a process which has something to do is stopped, by a signal or by a debugger. */
export class SuspensionWatch {
  readonly #pid: number;
  readonly #onSuspend: (suspension: SeenSuspension) => void;
  #last: Suspension | undefined;
  #looks = 0;
  #since = 0;

  /** `onSuspend` is called once for each stop, about a second after it. */
  constructor(pid: number, onSuspend: (suspension: SeenSuspension) => void) {
    this.#pid = pid;
    this.#onSuspend = onSuspend;
  }

  watch(): void {
    watched.add(this);
    arm(INTERVAL);
  }

  /** What is given to it later is told of anew, although it be the same stop. */
  rest(): void {
    watched.delete(this);
    this.#looks = 0;
  }

  /** How many looks in a row, with this one, have found the same stop. */
  look(): number {
    const suspension = processTable.suspension(this.#pid);
    if (!suspension || suspension.switches !== this.#last?.switches) {
      this.#looks = 0;
      this.#since = performance.timeOrigin + performance.now();
    }
    this.#last = suspension;
    if (suspension) this.#looks += 1;
    return this.#looks;
  }

  tell(): void {
    this.#onSuspend({ tracer: this.#last?.tracer ?? null, since: this.#since });
  }
}

function arm(delay: number): void {
  if (isArmed) return;
  isArmed = true;
  startTimer(delay, lookAtAll);
}

function lookAtAll(): void {
  isArmed = false;
  if (watched.size === 0) return;
  const found = [...watched].map((watch) => ({ watch, looks: watch.look() }));
  arm(found.some(({ looks }) => looks > 0 && looks < LOOKS) ? AGAIN : INTERVAL);
  for (const { watch, looks } of found) if (looks === LOOKS) watch.tell();
}
