import { GUARD_BYTES, GUARD_COUNT, GUARDS_OFFSET, WORD_BYTES } from './layout.ts';
import { PARTY_BITS, type PartyId, type PartySlots } from './party-slots.ts';
import type { Address, SharedWords } from './shared-words.ts';

/**
 * Words of a guard: who is inside; on other cache lines, since those who wait look at the first one all the time, how many
 * entries the log has, then the log, an address and its old value per entry.
 */
const OWNER = 0;
const LOG_LENGTH = 16;
const LOG = 18;
const LOG_CAPACITY = (GUARD_BYTES / WORD_BYTES - LOG) / 2;

/** In the owner word: somebody sleeps and wants to be woken. */
const CONTENDED = 1 << 30;
const SPINS = 200;
/** How long a sleeper waits before it looks whether the one inside is still alive, in milliseconds. */
const RECHECK = 5;

export interface GuardSleep {
  wait(address: Address, expected: number, timeout: number): void;
  wake(address: Address): void;
}

/** Writes several words so that either all or none of them have happened, whenever the writer is killed. */
export interface Transaction {
  write(address: Address, value: number): void;
}

/**
 * Lets one party at a time change words that belong together, for a few microseconds, never across an await or user code.
 *
 * Guarantees: a party killed inside leaves no trace. `write` logs the old value before it changes a word; leaving
 * forgets the log, and that one store is the moment when all of it has happened. Whoever enters and finds a log undoes
 * it, newest first; killed while undoing, it is undone again. An error thrown inside undoes too.
 *
 * Objects share the guards by address: a guard says nothing about its objects, so sharing costs only time.
 */
export class Guards {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;
  readonly #sleep: GuardSleep;
  readonly #self: PartyId;

  readonly #spins: number;

  constructor(words: SharedWords, parties: PartySlots, sleep: GuardSleep, self: PartyId, spins: number = SPINS) {
    this.#words = words;
    this.#parties = parties;
    this.#sleep = sleep;
    this.#self = self;
    this.#spins = spins;
  }

  /** Runs `body` while nobody else is inside the guard of the object at `address`. Not re-entrant. */
  run<T>(address: Address, body: (transaction: Transaction) => T): T {
    const guard = guardOf(address);
    this.#enter(guard);
    try {
      const result = body({ write: (target, value) => this.#write(guard, target, value) });
      if (this.#words.load(guard + LOG_LENGTH) !== 0) this.#words.store(guard + LOG_LENGTH, 0);
      return result;
    } finally {
      this.#leave(guard);
    }
  }

  /** Undoes what parties known to be dead left half done, whatever it was about. Not to be called inside a guard. */
  recover(): void {
    for (let index = 0; index < GUARD_COUNT; index += 1) {
      const guard = guardAt(index);
      const owner = (this.#words.load(guard + OWNER) & PARTY_BITS) as PartyId;
      if (owner === 0 || this.#parties.isListed(owner)) continue;
      this.#enter(guard);
      this.#leave(guard);
    }
  }

  #leave(guard: Address): void {
    this.#undo(guard);
    if (this.#words.exchange(guard + OWNER, 0) & CONTENDED) this.#sleep.wake(guard + OWNER);
  }

  #write(guard: Address, target: Address, value: number): void {
    const length = this.#words.load(guard + LOG_LENGTH);
    if (length >= LOG_CAPACITY) throw new RangeError(`Cannot change more than ${LOG_CAPACITY} words at once`);
    this.#words.store(guard + LOG + 2 * length, target);
    this.#words.store(guard + LOG + 2 * length + 1, this.#words.load(target));
    this.#words.store(guard + LOG_LENGTH, length + 1);
    this.#words.store(target, value);
  }

  #undo(guard: Address): void {
    for (let length = this.#words.load(guard + LOG_LENGTH); length > 0; length -= 1) {
      const entry = guard + LOG + 2 * (length - 1);
      this.#words.store(this.#words.load(entry), this.#words.load(entry + 1));
      this.#words.store(guard + LOG_LENGTH, length - 1);
    }
  }

  #enter(guard: Address): void {
    if (!this.#words.replace(guard + OWNER, 0, this.#self)) this.#enterSlowly(guard);
    this.#undo(guard);
  }

  #enterSlowly(guard: Address): void {
    for (let spins = 0; spins < this.#spins; spins += 1) {
      if (this.#words.load(guard + OWNER) === 0 && this.#words.replace(guard + OWNER, 0, this.#self)) return;
    }
    // From here on the word keeps CONTENDED, also when it is ours: there may be other sleepers.
    for (let isFresh = false; ; isFresh = true) {
      const owner = this.#words.load(guard + OWNER);
      if (owner === 0) {
        if (this.#words.replace(guard + OWNER, 0, this.#self | CONTENDED)) return;
      } else if (!this.#parties.isAlive((owner & PARTY_BITS) as PartyId, isFresh)) {
        if (this.#words.replace(guard + OWNER, owner, this.#self | CONTENDED)) return;
      } else if (owner & CONTENDED || this.#words.replace(guard + OWNER, owner, owner | CONTENDED)) {
        this.#sleep.wait(guard + OWNER, owner | CONTENDED, RECHECK);
      }
    }
  }
}

function guardOf(address: Address): Address {
  // Cells start every 16 words; a multiplicative hash spreads neighbours.
  const index = (Math.imul(address >>> 4, 0x9e3779b1) >>> 26) % GUARD_COUNT;
  return guardAt(index);
}

function guardAt(index: number): Address {
  return (GUARDS_OFFSET + index * GUARD_BYTES) / WORD_BYTES;
}
