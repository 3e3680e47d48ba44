import type { Guards, Transaction } from '../memory/guard.ts';
import type { PartyId } from '../memory/party-slots.ts';
import type { Address } from '../memory/shared-words.ts';
import type { LockParts } from './lock-word.ts';
import { PartyTable } from './party-table.ts';

/** Words of a semaphore: gate, units to be had, units at the start, units that came from the dead, then who holds how many. */
const GATE = 0;
const COUNT = 1;
const INITIAL = 2;
const INHERITED = 3;
const TABLE = 4;
export const SEMAPHORE_WORDS = 252;
/** In a record. */
const HELD = 1;

export interface GuardedParts extends LockParts {
  readonly guards: Guards;
}

/**
 * Counts units and who holds them.
 *
 * A process that releases gives back a unit of its own, else one that another holds, else a new one. So a semaphore used
 * as a pool is exact when a holder dies; and where one process only acquires and another only releases, a death of the
 * first gives back at most what has not been released for it.
 */
export class SemaphoreCore {
  readonly #parts: GuardedParts;
  readonly #address: Address;
  readonly #table: PartyTable;

  constructor(parts: GuardedParts, address: Address) {
    this.#parts = parts;
    this.#address = address;
    this.#table = new PartyTable(parts.words, parts.parties, address + TABLE, SEMAPHORE_WORDS - TABLE, 1);
  }

  get gate(): Address {
    return this.#address + GATE;
  }

  /** For a new one that nobody else knows yet. */
  initialize(count: number): void {
    this.#parts.words.store(this.#address + INITIAL, count);
    this.#parts.words.store(this.#address + COUNT, count);
  }

  count(): number {
    this.#bury(true);
    return this.#load(COUNT);
  }

  /** An Attempt to take a unit; 'inherited' if a dead process held it before. */
  take(isThorough: boolean): 'taken' | 'inherited' | undefined {
    if (isThorough || this.#load(COUNT) <= 0) this.#bury(isThorough);
    if (this.#load(COUNT) <= 0) return undefined;
    const taken = this.#run((transaction) => {
      const count = this.#load(COUNT);
      if (count <= 0) return undefined;
      const record = this.#table.findOrAdd(transaction, this.#parts.self);
      const inherited = this.#load(INHERITED);
      transaction.write(record + HELD, this.#parts.words.load(record + HELD) + 1);
      if (inherited > 0) transaction.write(this.#address + INHERITED, inherited - 1);
      transaction.write(this.#address + COUNT, count - 1);
      return inherited > 0 ? 'inherited' : 'taken';
    });
    // A wake-up meant for another unit may have been spent on us.
    if (taken !== undefined && this.#load(COUNT) > 0) this.#parts.wakeOne(this.gate);
    return taken;
  }

  /** False, and nothing is released, if that would make more than `limit` units. */
  release(units: number, isBounded: boolean): boolean {
    if (isBounded) this.#bury(true);
    const isReleased = this.#run((transaction) => {
      const count = this.#load(COUNT);
      if (isBounded && count + units > this.#load(INITIAL)) return false;
      let left = this.#giveBack(transaction, this.#parts.self, units);
      for (const record of this.#table.all()) {
        if (left === 0) break;
        left = this.#giveBack(transaction, this.#table.partyOf(record), left);
      }
      transaction.write(this.#address + COUNT, count + units);
      return true;
    });
    // Whoever is woken and leaves units behind wakes the next.
    if (isReleased) this.#parts.wakeOne(this.gate);
    return isReleased;
  }

  /** Returns how many units the party did not have. */
  #giveBack(transaction: Transaction, party: PartyId, units: number): number {
    const record = party === 0 ? undefined : this.#table.find(party);
    if (record === undefined) return units;
    const held = this.#parts.words.load(record + HELD);
    if (held > units) transaction.write(record + HELD, held - units);
    else this.#table.remove(transaction, record);
    return units - Math.min(held, units);
  }

  /** Takes back what the dead held. A thorough look enters the guard in any case: that undoes what a killed party left half done. */
  #bury(isThorough: boolean): void {
    if (this.#table.findDead(isThorough) === undefined && !isThorough) return;
    while (this.#run((transaction) => this.#buryOne(transaction))) this.#parts.wakeOne(this.gate);
  }

  #buryOne(transaction: Transaction): boolean {
    const record = this.#table.findDead(false);
    if (record === undefined) return false;
    const held = this.#parts.words.load(record + HELD);
    transaction.write(this.#address + COUNT, this.#load(COUNT) + held);
    transaction.write(this.#address + INHERITED, this.#load(INHERITED) + held);
    this.#table.remove(transaction, record);
    return true;
  }

  #load(word: number): number {
    return this.#parts.words.load(this.#address + word);
  }

  #run<T>(body: (transaction: Transaction) => T): T {
    return this.#parts.guards.run(this.#address, body);
  }
}
