import { PARTY_BITS, type PartyId, type PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';

/** In the word of a claim: somebody sleeps and wants to be woken. */
const CONTENDED = 1 << 30;
const SPINS = 200;
/** How long a sleeper waits before it looks whether the one inside is still alive, in milliseconds. */
const RECHECK = 5;

export interface ClaimSleep {
  wait(address: Address, expected: number, timeout: number): void;
  wake(address: Address): void;
}

/**
 * A claim is one word that says who alone may go on, for a few microseconds, never across an await or user code. It
 * survives its owner: whoever comes next takes it over from the dead, and is told so.
 */
export class Claims {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;
  readonly #sleep: ClaimSleep;
  readonly #self: PartyId;
  readonly #spins: number;

  constructor(words: SharedWords, parties: PartySlots, sleep: ClaimSleep, self: PartyId, spins: number = SPINS) {
    this.#words = words;
    this.#parties = parties;
    this.#sleep = sleep;
    this.#self = self;
    this.#spins = spins;
  }

  /** True: from one that died inside, and may have left something half done. Not re-entrant. */
  enter(claim: Address): boolean {
    return !this.#words.replace(claim, 0, this.#self) && this.#enterSlowly(claim);
  }

  leave(claim: Address): void {
    if (this.#words.exchange(claim, 0) & CONTENDED) this.#sleep.wake(claim);
  }

  /** True if its owner is known to be dead. */
  isLeftBehind(claim: Address): boolean {
    const owner = (this.#words.load(claim) & PARTY_BITS) as PartyId;
    return owner !== 0 && !this.#parties.isListed(owner);
  }

  #enterSlowly(claim: Address): boolean {
    for (let spins = 0; spins < this.#spins; spins += 1) {
      if (this.#words.load(claim) === 0 && this.#words.replace(claim, 0, this.#self)) return false;
    }
    // From here on the word keeps CONTENDED, also when it is ours: there may be other sleepers.
    for (let isFresh = false; ; isFresh = true) {
      const owner = this.#words.load(claim);
      if (owner === 0) {
        if (this.#words.replace(claim, 0, this.#self | CONTENDED)) return false;
      } else if (!this.#parties.isAlive((owner & PARTY_BITS) as PartyId, isFresh)) {
        if (this.#words.replace(claim, owner, this.#self | CONTENDED)) return true;
      } else if (owner & CONTENDED || this.#words.replace(claim, owner, owner | CONTENDED)) {
        this.#sleep.wait(claim, owner | CONTENDED, RECHECK);
      }
    }
  }
}
