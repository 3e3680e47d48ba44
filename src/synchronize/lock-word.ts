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
 * Every move is one compare-and-exchange; a holder that dies needs none: its id is no longer alive.
 */
const DIED = 1 << 29;
const HUNGRY = 1 << 30;

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
    const state = this.#words.load(this.#state);
    const owner = (state & PARTY_BITS) as PartyId;
    if (owner === 0) return this.#words.replace(this.#state, state, this.#self);
    if (isThorough ? this.#parties.isAlive(owner) : this.#parties.isListed(owner)) return false;
    return this.#words.replace(this.#state, state, this.#self | DIED);
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
    let isFree = this.#words.replace(this.#state, this.#self, 0);
    while (!isFree) {
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
    return (this.#words.load(this.#state) & ~HUNGRY) === (this.#self | DIED);
  }
}
