import { PARTY_BITS, type PartyId, type PartySlots } from '../memory/party-slots.ts';
import type { Address, SharedWords } from '../memory/shared-words.ts';

/**
 * The word of a lock. Its states:
 *   free                    0
 *   free, owner died        DIED: somebody died holding it, and nobody has held it since
 *   held                    the owner's party id
 *   held, owner died        id and DIED: the owner got it from one that died holding it
 * Every move is one compare-and-exchange; a holder that dies needs none: its id is no longer alive.
 */
const DIED = 1 << 29;

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

  /** An Attempt to take it: from nobody, or from the dead. */
  take(isThorough: boolean): boolean {
    if (this.#words.replace(this.#state, 0, this.#self)) return true;
    const state = this.#words.load(this.#state);
    const owner = (state & PARTY_BITS) as PartyId;
    if (owner === 0) return this.#words.replace(this.#state, state, state | this.#self);
    if (isThorough ? this.#parties.isAlive(owner) : this.#parties.isListed(owner)) return false;
    return this.#words.replace(this.#state, state, this.#self | DIED);
  }

  /** False if nobody holds it. */
  giveBack(): boolean {
    for (;;) {
      const state = this.#words.load(this.#state);
      if ((state & PARTY_BITS) === 0) return false;
      if (this.#words.replace(this.#state, state, 0)) break;
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
    return this.#words.load(this.#state) === (this.#self | DIED);
  }
}
