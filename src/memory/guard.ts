import type { Claims } from './claims.ts';
import { GUARD_BYTES, GUARD_COUNT, GUARDS_OFFSET, WORD_BYTES } from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/**
 * Words of a guard: the claim of the one inside; on other cache lines, since those who wait look at the first one all the
 * time, how many entries the log has, then the log, an address and its old value per entry.
 */
const CLAIM = 0;
const LOG_LENGTH = 16;
const LOG = 18;
const LOG_CAPACITY = (GUARD_BYTES / WORD_BYTES - LOG) / 2;

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
  /** For changes that are one store, by one party at a time. */
  readonly claims: Claims;
  readonly #words: SharedWords;

  constructor(words: SharedWords, claims: Claims) {
    this.#words = words;
    this.claims = claims;
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
      if (!this.claims.isLeftBehind(guard + CLAIM)) continue;
      this.#enter(guard);
      this.#leave(guard);
    }
  }

  #enter(guard: Address): void {
    this.claims.enter(guard + CLAIM);
    this.#undo(guard);
  }

  #leave(guard: Address): void {
    this.#undo(guard);
    this.claims.leave(guard + CLAIM);
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
}

function guardOf(address: Address): Address {
  // Cells start every 16 words; a multiplicative hash spreads neighbours.
  const index = (Math.imul(address >>> 4, 0x9e3779b1) >>> 26) % GUARD_COUNT;
  return guardAt(index);
}

function guardAt(index: number): Address {
  return (GUARDS_OFFSET + index * GUARD_BYTES) / WORD_BYTES;
}
