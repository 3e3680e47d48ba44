import { StateError } from '../errors/state-error.ts';
import { createDeferred } from '../util/deferred.ts';
import { Deque } from '../util/deque.ts';
import { type NormalizedWait, waitFor } from '../util/wait.ts';
import type { Address } from './address.ts';
import type { SocketLink } from './socket-link.ts';

/** A peer that may be handed out, or why one may not. */
export type Arrival = { readonly link: SocketLink; readonly from: Address | null } | { readonly error: Error };

/** Failures nobody has asked for yet; of more, the oldest are forgotten: strangers must not fill our memory. */
const MOST_FAILURES = 64;

/** Between those who connect and accept(): each arrival goes to one call, in order. */
export class Arrivals {
  readonly #ready = new Deque<Arrival>();
  readonly #waiting = new Set<(arrival: Arrival) => void>();
  #failures = 0;

  add(arrival: Arrival): void {
    const next = this.#waiting.values().next();
    if (!next.done) {
      this.#waiting.delete(next.value);
      next.value(arrival);
      return;
    }
    this.#ready.push(arrival);
    if (!('error' in arrival)) return;
    this.#failures += 1;
    if (this.#failures > MOST_FAILURES) this.#forgetOldestFailure();
  }

  /** Undefined: time ran out. A wait that is given up takes nothing. */
  async next(wait: NormalizedWait): Promise<Arrival | undefined> {
    wait.signal?.throwIfAborted();
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      if ('error' in ready) this.#failures -= 1;
      return ready;
    }
    const deferred = createDeferred<Arrival>();
    let arrival: Arrival | undefined;
    const take = (it: Arrival): void => {
      arrival = it;
      deferred.resolve(it);
    };
    this.#waiting.add(take);
    try {
      await waitFor(deferred.promise, () => false, wait);
      return arrival;
    } catch (error) {
      // It came in the same turn in which the wait was aborted: it is for the next.
      if (arrival !== undefined) this.#ready.unshift(arrival);
      throw error;
    } finally {
      this.#waiting.delete(take);
    }
  }

  /** Disconnects those who wait to be accepted, and refuses those who accept. */
  end(): void {
    for (const arrival of this.#ready) if ('link' in arrival) arrival.link.close();
    this.#ready.clear();
    for (const take of this.#waiting)
      take({ error: new StateError('Cannot accept: the listener was closed meanwhile; listen again') });
    this.#waiting.clear();
  }

  #forgetOldestFailure(): void {
    const kept = [...this.#ready];
    kept.splice(
      kept.findIndex((arrival) => 'error' in arrival),
      1,
    );
    this.#ready.clear();
    for (const arrival of kept) this.#ready.push(arrival);
    this.#failures -= 1;
  }
}
