import { PARTY_BITS, type PartyId, type PartySlots } from '../memory/party-slots.ts';
import type { Address, SharedWords } from '../memory/shared-words.ts';

/**
 * The word of a lock. Its states:
 *   free                    0
 *   free for the hungry     HUNGRY: who has waited may take it, newcomers let them for a moment
 *   held                    the owner's party id
 * and while it is held, independently of each other:
 *   DIED                    the owner got it from one that died holding it
 *   HUNGRY                  somebody was woken for it and found it taken again
 *   WANTED                  there may be somebody at the gate: whoever gives it back looks
 * Every move is one compare-and-exchange; a holder that dies needs none: its id is no longer alive.
 *
 * Nobody sleeps at the gate of a lock that is held and not WANTED, but for a moment in which somebody is awake who will see
 * to that: each waiter says so before it sleeps, and whoever got it by waiting says so for the rest. So a lock that nobody
 * waits for is given back by one store, without a look at the gate.
 */
const DIED = 1 << 29;
const HUNGRY = 1 << 30;
const WANTED = 1 << 31;

/** What a lock needs of the arena and of its party. */
export interface LockParts {
  readonly words: SharedWords;
  readonly parties: PartySlots;
  readonly self: PartyId;
  wakeOne(gate: Address): void;
}

export class LockWord {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;
  readonly #self: PartyId;
  readonly #parts: LockParts;
  readonly #state: Address;
  /** Where those who want it wait: the word after the state. */
  readonly gate: Address;

  constructor(parts: LockParts, address: Address) {
    this.#parts = parts;
    this.#words = parts.words;
    this.#parties = parts.parties;
    this.#self = parts.self;
    this.#state = address;
    this.gate = address + 1;
  }

  /** Free for everybody. */
  isFree(): boolean {
    return this.#words.load(this.#state) === 0;
  }

  /** Takes it if it is free for everybody. */
  takeAtOnce(): boolean {
    return this.#words.replace(this.#state, 0, this.#self);
  }

  /** An Attempt to take it: from nobody, or from the dead. */
  take(isThorough: boolean): boolean {
    for (;;) {
      const state = this.#words.load(this.#state);
      const owner = (state & PARTY_BITS) as PartyId;
      // Who has not announced itself at the gate need not be woken; others may have.
      const wanted = this.#words.load(this.gate) === 0 ? 0 : WANTED;
      if (owner !== 0 && (isThorough ? this.#parties.isAlive(owner) : this.#parties.isListed(owner))) {
        if ((state | wanted) === state || this.#words.replace(this.#state, state, state | wanted)) return false;
      } else {
        const next = this.#self | wanted | (owner === 0 ? 0 : DIED);
        if (this.#words.replace(this.#state, state, next)) return true;
      }
    }
  }

  /** Woken and beaten to it: the next time it is free, those who wait go first. */
  complain(): void {
    const state = this.#words.load(this.#state);
    if ((state & PARTY_BITS) !== 0 && (state & HUNGRY) === 0) this.#words.replace(this.#state, state, state | HUNGRY);
  }

  isReserved(): boolean {
    return this.#words.load(this.#state) === HUNGRY;
  }

  /** False if nobody holds it. */
  giveBack(): boolean {
    // What it nearly always is: ours, and nothing else to say.
    if (this.#words.replace(this.#state, this.#self, 0)) return true;
    for (let isFree = false; !isFree; ) {
      const state = this.#words.load(this.#state);
      if ((state & PARTY_BITS) === 0) return false;
      isFree = this.#words.replace(this.#state, state, state & HUNGRY);
    }
    if (this.#words.load(this.gate) !== 0) this.#parts.wakeOne(this.gate);
    return true;
  }

  isHeld(): boolean {
    const owner = (this.#words.load(this.#state) & PARTY_BITS) as PartyId;
    return owner !== 0 && this.#parties.isAlive(owner);
  }

  isMine(): boolean {
    return (this.#words.load(this.#state) & PARTY_BITS) === this.#self;
  }

  /** True while this party holds it and got it from one that died holding it. */
  hasOwnerDied(): boolean {
    return (this.#words.load(this.#state) & (PARTY_BITS | DIED)) === (this.#self | DIED);
  }
}
