import { listenForAbort } from '../util/abort.ts';
import { startTimer } from '../util/timer.ts';
import type { NormalizedWait } from '../util/wait.ts';
import type { Attempt, WaitPoint } from './attempt.ts';
import { leave } from './blocking-wait.ts';
import type { Gates } from './gates.ts';

interface Waiter {
  readonly attempt: Attempt;
  readonly point: WaitPoint;
  /** The wait is over: the promise settles, timer and listener go. */
  settle(outcome: { readonly value: boolean } | { readonly error: unknown }): void;
}

/**
 * Those of this party who wait without blocking it, by gate, in the order they came. The party as a whole is at a gate
 * while anybody here is; whenever it is woken, everyone concerned tries again.
 */
export class WaitingRoom {
  readonly #gates: Gates;
  readonly #prepare: () => void;
  readonly #waiters = new Map<number, Set<Waiter>>();

  readonly #keepAlive: () => Disposable;

  /** `prepare` is called before anybody waits: the doorbell must be open and deaths watched. */
  constructor(gates: Gates, prepare: () => void, keepAlive: () => Disposable) {
    this.#gates = gates;
    this.#prepare = prepare;
    this.#keepAlive = keepAlive;
  }

  get size(): number {
    return this.#waiters.size;
  }

  isAt(gate: number): boolean {
    return this.#waiters.has(gate);
  }

  /** True once `attempt` succeeded, false if time ran out. Rejects with the signal's reason, or what `attempt` throws. */
  wait(point: WaitPoint, attempt: Attempt, { timeout, signal }: NormalizedWait): Promise<boolean> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (attempt(false)) return resolve(true);
      if (timeout === 0) return resolve(attempt(true));
      this.#prepare();
      const alive = point.isBackground ? undefined : this.#keepAlive();
      const timer = startTimer(timeout, () => this.#expire(point.gate, waiter));
      const waiter: Waiter = {
        attempt,
        point,
        settle: (outcome) => {
          timer.cancel();
          unlisten();
          alive?.[Symbol.dispose]();
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      };
      const unlisten = listenForAbort(signal, () => this.#quit(point.gate, waiter, { error: signal?.reason }));
      const present = this.#waiters.get(point.gate);
      if (present === undefined) this.#waiters.set(point.gate, new Set([waiter]));
      else present.add(waiter);
      this.tryAgain(point.gate, true);
    });
  }

  /** Lets those at a gate try, first come first, and announces the party for those who still wait. */
  tryAgain(gate: number, isThorough: boolean, isWoken = false): void {
    const waiters = this.#waiters.get(gate);
    if (waiters === undefined) return;
    // Announce, then try: whoever changes things after these attempts sees the announcement.
    this.#gates.announce(gate);
    for (const waiter of waiters) {
      try {
        if (waiter.attempt(isThorough)) waiter.settle({ value: true });
        else {
          if (isWoken) waiter.point.onBeaten?.();
          if (waiter.point.isExclusive) break;
          continue;
        }
      } catch (error) {
        waiter.settle({ error });
      }
      waiters.delete(waiter);
    }
    if (waiters.size > 0) return;
    this.#waiters.delete(gate);
    leave(this.#gates, gate);
  }

  /** After a ring: only gates where the announcement was spent can have news. */
  tryWoken(): void {
    for (const gate of [...this.#waiters.keys()])
      if (this.#gates.mayHaveBeenWoken(gate)) this.tryAgain(gate, false, true);
  }

  /** After a death, whose wake-ups may be missing. */
  tryAll(): void {
    for (const gate of [...this.#waiters.keys()]) this.tryAgain(gate, true);
  }

  /** The thread is about to block and could not follow a wake-up: those must go to others. */
  suspend(): void {
    for (const gate of this.#waiters.keys()) leave(this.#gates, gate);
  }

  #expire(gate: number, waiter: Waiter): void {
    try {
      // A wake-up at the same instant counts.
      const value = waiter.attempt(true);
      this.#quit(gate, waiter, { value });
    } catch (error) {
      this.#quit(gate, waiter, { error });
    }
  }

  #quit(gate: number, waiter: Waiter, outcome: Parameters<Waiter['settle']>[0]): void {
    const waiters = this.#waiters.get(gate);
    if (waiters === undefined || !waiters.delete(waiter)) return;
    waiter.settle(outcome);
    if (waiters.size > 0) return;
    this.#waiters.delete(gate);
    leave(this.#gates, gate);
  }
}
