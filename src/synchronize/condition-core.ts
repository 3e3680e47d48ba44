import type { Transaction } from '../memory/guard.ts';
import type { PartyId } from '../memory/party-slots.ts';
import type { Address } from '../memory/shared-words.ts';
import { PartyTable } from './party-table.ts';
import type { GuardedParts } from './semaphore-core.ts';

/** Words of a condition: gate, where the next notification starts to look, then the table. */
const GATE = 0;
const NEXT = 1;
const TABLE = 2;
export const CONDITION_WORDS = 252;
/** In a record: waits not yet notified, and notifications not yet taken up. */
const WAITING = 1;
const NOTIFIED = 2;

export interface ConditionParts extends GuardedParts {
  wakeParty(gate: Address, party: PartyId): void;
}

/**
 * Who waits, and who has been notified. A notification belongs to one wait of one party until that party takes it up;
 * if the party dies before, it goes to another.
 */
export class ConditionCore {
  readonly #parts: ConditionParts;
  readonly #address: Address;
  readonly #table: PartyTable;

  constructor(parts: ConditionParts, address: Address) {
    this.#parts = parts;
    this.#address = address;
    this.#table = new PartyTable(parts.words, parts.parties, address + TABLE, CONDITION_WORDS - TABLE, 2);
  }

  get gate(): Address {
    return this.#address + GATE;
  }

  /** From now on a notification may be for this wait. Followed by exactly one `take` that is true, or `forget`. */
  enlist(): void {
    this.#run((transaction) => {
      const record = this.#table.findOrAdd(transaction, this.#parts.self);
      this.#add(transaction, record + WAITING, 1);
    });
  }

  /** An Attempt to take up a notification. */
  take(isThorough: boolean): boolean {
    if (isThorough) this.#bury();
    const mine = this.#table.find(this.#parts.self);
    if (mine === undefined || this.#parts.words.load(mine + NOTIFIED) === 0) return false;
    return this.#run((transaction) => {
      const record = this.#table.find(this.#parts.self);
      if (record === undefined || this.#parts.words.load(record + NOTIFIED) === 0) return false;
      this.#add(transaction, record + NOTIFIED, -1);
      this.#removeIfEmpty(transaction, record);
      return true;
    });
  }

  /** A wait ends without a notification. If all that is left were notified, this one was too: true. */
  forget(): boolean {
    return this.#run((transaction) => {
      const record = this.#table.find(this.#parts.self);
      if (record === undefined) return false;
      const isNotified = this.#parts.words.load(record + WAITING) === 0;
      this.#add(transaction, record + (isNotified ? NOTIFIED : WAITING), -1);
      this.#removeIfEmpty(transaction, record);
      return isNotified;
    });
  }

  /** Notifies at most so many waits. */
  notify(count: number): void {
    this.#bury();
    for (let left = count; left > 0; left -= 1) {
      const party = this.#run((transaction) => this.#notifyNext(transaction));
      if (party === undefined) return;
      this.#parts.wakeParty(this.gate, party);
    }
  }

  #notifyNext(transaction: Transaction): PartyId | undefined {
    const records = [...this.#table.all()];
    const start = this.#parts.words.load(this.#address + NEXT);
    for (let offset = 0; offset < records.length; offset += 1) {
      const index = (start + offset) % records.length;
      const record = records[index] as Address;
      const party = this.#table.partyOf(record);
      if (party === 0 || this.#parts.words.load(record + WAITING) === 0 || !this.#parts.parties.isAlive(party))
        continue;
      this.#add(transaction, record + WAITING, -1);
      this.#add(transaction, record + NOTIFIED, 1);
      transaction.write(this.#address + NEXT, index + 1);
      return party;
    }
    return undefined;
  }

  /** Dead waiters are forgotten; a notification that one of them did not take up goes to another. */
  #bury(): void {
    this.#table.findDead(true);
    // Enters the guard in any case: that undoes what a killed party left half done.
    for (let next: 'done' | PartyId | undefined; next !== 'done'; ) {
      next = this.#run((transaction) => this.#buryOne(transaction));
      if (next !== 'done' && next !== undefined) this.#parts.wakeParty(this.gate, next);
    }
  }

  /** Returns who inherits a notification, if anybody does. */
  #buryOne(transaction: Transaction): 'done' | PartyId | undefined {
    const record = this.#table.findDead(false);
    if (record === undefined) return 'done';
    if (this.#parts.words.load(record + NOTIFIED) === 0) {
      this.#table.remove(transaction, record);
      return undefined;
    }
    this.#add(transaction, record + NOTIFIED, -1);
    return this.#notifyNext(transaction);
  }

  #removeIfEmpty(transaction: Transaction, record: Address): void {
    if (this.#parts.words.load(record + WAITING) === 0 && this.#parts.words.load(record + NOTIFIED) === 0)
      this.#table.remove(transaction, record);
  }

  #add(transaction: Transaction, address: Address, change: number): void {
    transaction.write(address, this.#parts.words.load(address) + change);
  }

  #run<T>(body: (transaction: Transaction) => T): T {
    return this.#parts.guards.run(this.#address, body);
  }
}
