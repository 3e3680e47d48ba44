import { indexOf, type PartyId, type PartySlots } from '../memory/party-slots.ts';
import type { Address, SharedWords } from '../memory/shared-words.ts';
import type { ParkingCalls } from './gates.ts';
import { Spin } from './spin.ts';

/** What the word of a lone gate says of the one party that waits there. */
const AWAKE = 0; // it will look by itself
const BLOCKED = 1; // it sleeps in the kernel, or is about to; a futex wakes it
const LISTENING = 2; // it sleeps in its event loop, or is about to; its bell wakes it
const EVERYBODY = -1;

/**
 * A gate where one certain party waits, and one certain other wakes it: no classes, nobody to be passed on to. Whoever needs
 * to hear of the waker's death sees to it in another way. README.md in this folder has the protocol.
 */
export class LoneGate {
  readonly #words: SharedWords;
  readonly #calls: Pick<ParkingCalls, 'futexWait' | 'yieldCore'>;
  readonly #gate: Address;
  readonly #spin: Spin;

  constructor(words: SharedWords, calls: Pick<ParkingCalls, 'futexWait' | 'yieldCore'>, gate: Address) {
    this.#words = words;
    this.#calls = calls;
    this.#gate = gate;
    this.#spin = new Spin(calls);
  }

  /** Asks for the bell. False, and nothing asked: there is news already. */
  listen(hasNews: () => boolean): boolean {
    this.#words.store(this.#gate, LISTENING);
    if (!hasNews()) return true;
    this.withdraw();
    return false;
  }

  /** Looks for a moment, as long as that pays; true if there is news. */
  spin(hasNews: () => boolean): boolean {
    this.withdraw();
    return this.#spin.meets(hasNews);
  }

  /** Blocks the thread for at most `timeout` milliseconds; true if there is news. */
  block(hasNews: () => boolean, timeout: number): boolean {
    this.#words.store(this.#gate, BLOCKED);
    if (!hasNews()) this.#calls.futexWait(this.#gate, BLOCKED, timeout, EVERYBODY);
    this.withdraw();
    return hasNews();
  }

  /** Nobody need wake this party: it looks by itself. */
  withdraw(): void {
    this.#words.store(this.#gate, AWAKE);
  }

  /** After a ring: whether it was for this gate. */
  get isWoken(): boolean {
    return this.#words.load(this.#gate) !== LISTENING;
  }
}

/** After a change, made first: wakes the party that waits at a lone gate, if it does. */
export function wakeLone(
  words: SharedWords,
  parties: PartySlots,
  calls: Pick<ParkingCalls, 'futexWake' | 'ring'>,
  gate: Address,
  party: PartyId,
): void {
  if (words.load(gate) === AWAKE) return;
  const state = words.exchange(gate, AWAKE);
  if (state === BLOCKED) calls.futexWake(gate, 1, EVERYBODY);
  else if (state !== AWAKE && parties.isListed(party)) calls.ring(indexOf(party));
}
