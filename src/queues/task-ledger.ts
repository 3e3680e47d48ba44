import { StateError } from '../errors/state-error.ts';
import type { Transaction } from '../memory/guard.ts';
import type { Address } from '../memory/shared-words.ts';
import { PartyTable } from '../synchronize/party-table.ts';
import type { GuardedParts } from '../synchronize/semaphore-core.ts';

/** Words of a ledger: how many items are done, modulo 2^32, then who has taken how many that it has not done. */
const DONE = 0;
const TABLE = 1;
/** With the queue, it fills a cell; room for as many processes as may use the arena, but for a few. */
export const LEDGER_WORDS = 971;
/** In a record. */
const TAKEN = 1;

/**
 * Which items of a JoinableQueue are not done yet. Everything is called in the queue's guard.
 *
 * An item that was taken and not done when its taker died counts as done: nobody else can do it any more, and those who
 * join would wait for ever.
 */
export class TaskLedger {
  readonly #parts: GuardedParts;
  readonly #address: Address;
  readonly #countPut: () => number;
  readonly #table: PartyTable;

  /** `countPut` tells how many items were ever put, modulo 2^32. */
  constructor(parts: GuardedParts, address: Address, countPut: () => number) {
    this.#parts = parts;
    this.#address = address;
    this.#countPut = countPut;
    this.#table = new PartyTable(parts.words, parts.parties, address + TABLE, LEDGER_WORDS - TABLE, 1);
  }

  get unfinished(): number {
    return (this.#countPut() - this.#parts.words.load(this.#address + DONE)) | 0;
  }

  noteTaken(transaction: Transaction): void {
    const record = this.#table.findOrAdd(transaction, this.#parts.self) + TAKEN;
    transaction.write(record, this.#parts.words.load(record) + 1);
  }

  /** One that this process took, else one that another did: any process may say it. */
  noteDone(transaction: Transaction): void {
    if (this.unfinished === 0) {
      throw new StateError(
        'Cannot call taskDone() of the JoinableQueue: called too many times; call it once for each item got',
      );
    }
    this.#finish(transaction, 1);
    const record = this.#table.find(this.#parts.self) ?? this.#anyRecord();
    if (record !== undefined) this.#giveBack(transaction, record);
  }

  /** Items that nobody will take. */
  noteDropped(transaction: Transaction, count: number): void {
    this.#finish(transaction, count);
  }

  /** What the dead have taken is done. `isThorough` asks the system who is dead. True: there was one, and may be more. */
  buryOne(transaction: Transaction): boolean {
    const record = this.#table.findDead(false);
    if (record === undefined) return false;
    this.#finish(transaction, this.#parts.words.load(record + TAKEN));
    this.#table.remove(transaction, record);
    return true;
  }

  /** True if somebody has died with items. Outside the guard: asks the system. */
  hasDead(isThorough: boolean): boolean {
    return this.#table.findDead(isThorough) !== undefined;
  }

  #finish(transaction: Transaction, count: number): void {
    const done = this.#parts.words.load(this.#address + DONE);
    transaction.write(this.#address + DONE, (done + Math.min(this.unfinished, count)) | 0);
  }

  #giveBack(transaction: Transaction, record: Address): void {
    const taken = this.#parts.words.load(record + TAKEN);
    if (taken > 1) transaction.write(record + TAKEN, taken - 1);
    else this.#table.remove(transaction, record);
  }

  #anyRecord(): Address | undefined {
    for (const record of this.#table.all()) if (this.#table.partyOf(record) !== 0) return record;
    return undefined;
  }
}
