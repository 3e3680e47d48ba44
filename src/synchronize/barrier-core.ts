import type { Transaction } from '../memory/guard.ts';
import type { Address } from '../memory/shared-words.ts';
import { PartyTable } from './party-table.ts';
import type { GuardedParts } from './semaphore-core.ts';

/** Words of a barrier, then who waits in which round. */
const GATE = 0;
const PARTIES = 1;
/** One more whenever a round ends, whichever way. */
const ROUND = 2;
const WAITING = 3;
const IS_BROKEN = 4;
/** How the last 32 rounds ended, a bit each: 1, complete. */
const OUTCOMES = 5;
const TABLE = 6;
export const BARRIER_WORDS = 252;
/** In a record: the round it speaks of. Records of earlier rounds mean nothing. */
const RECORD_ROUND = 1;

export interface BarrierParts extends GuardedParts {
  wakeAll(gate: Address): void;
}

/**
 * Rounds of a barrier. Its states:
 *   filling   fewer wait than it needs
 *   full      all are there, and the last to arrive runs the action
 *   broken    somebody gave up, aborted, died, or the action threw; whoever waits or comes gets an error, until a reset
 * A round ends by completion or by reset; both begin the next one.
 */
export class BarrierCore {
  readonly #parts: BarrierParts;
  readonly #address: Address;
  readonly #table: PartyTable;

  constructor(parts: BarrierParts, address: Address) {
    this.#parts = parts;
    this.#address = address;
    this.#table = new PartyTable(parts.words, parts.parties, address + TABLE, BARRIER_WORDS - TABLE, 1);
  }

  get gate(): Address {
    return this.#address + GATE;
  }

  /** For a new one that nobody else knows yet. */
  initialize(parties: number): void {
    this.#parts.words.store(this.#address + PARTIES, parties);
  }

  get parties(): number {
    return this.#load(PARTIES);
  }

  get waiting(): number {
    return this.#load(WAITING);
  }

  get round(): number {
    return this.#load(ROUND);
  }

  isBroken(): boolean {
    this.breakIfDead();
    return this.#load(IS_BROKEN) === 1;
  }

  /** The place in this round, from 0; 'full' while the last round's action runs; 'broken'. */
  arrive(): { index: number; round: number } | 'full' | 'broken' {
    this.breakIfDead();
    return this.#run((transaction) => {
      if (this.#load(IS_BROKEN) === 1) return 'broken';
      const index = this.#load(WAITING);
      if (index === this.parties) return 'full';
      const record = this.#table.findOrAdd(transaction, this.#parts.self);
      transaction.write(record + RECORD_ROUND, this.round);
      transaction.write(this.#address + WAITING, index + 1);
      return { index, round: this.round };
    });
  }

  /** All have arrived and the action is done: lets them go. False if it broke meanwhile. */
  complete(round: number): boolean {
    return this.#change((transaction) => {
      if (this.round !== round || this.#load(IS_BROKEN) === 1) return false;
      this.#endRound(transaction, true);
      return true;
    });
  }

  /** How the round of a waiter stands. */
  outcome(round: number): 'waiting' | 'complete' | 'broken' {
    if (this.round !== round) return this.#load(OUTCOMES) & (1 << (round & 31)) ? 'complete' : 'broken';
    return this.#load(IS_BROKEN) === 1 ? 'broken' : 'waiting';
  }

  /** Breaks the round, unless it has ended or is broken already. */
  break(round: number): void {
    this.#change((transaction) => {
      if (this.round !== round || this.#load(IS_BROKEN) === 1) return false;
      transaction.write(this.#address + IS_BROKEN, 1);
      transaction.write(this.#address + WAITING, 0);
      return true;
    });
  }

  /** Those who wait get an error; after that it is as new. */
  reset(): void {
    this.#change((transaction) => {
      this.#endRound(transaction, false);
      transaction.write(this.#address + IS_BROKEN, 0);
      return true;
    });
  }

  /** A thorough look: breaks the round if somebody died waiting in it, and undoes what a killed party left half done. */
  breakIfDead(): void {
    this.#table.findDead(true);
    this.#change((transaction) => {
      let isBroken = false;
      for (let dead = this.#table.findDead(false); dead !== undefined; dead = this.#table.findDead(false)) {
        isBroken ||= this.#parts.words.load(dead + RECORD_ROUND) === this.round && this.#load(WAITING) > 0;
        this.#table.remove(transaction, dead);
      }
      if (isBroken) {
        transaction.write(this.#address + IS_BROKEN, 1);
        transaction.write(this.#address + WAITING, 0);
      }
      return isBroken;
    });
  }

  #endRound(transaction: Transaction, isComplete: boolean): void {
    const bit = 1 << (this.round & 31);
    const outcomes = this.#load(OUTCOMES);
    transaction.write(this.#address + OUTCOMES, isComplete ? outcomes | bit : outcomes & ~bit);
    transaction.write(this.#address + WAITING, 0);
    transaction.write(this.#address + ROUND, this.round + 1);
  }

  /** Changes the barrier, and tells everybody if there is anything to tell. */
  #change(body: (transaction: Transaction) => boolean): boolean {
    const isChanged = this.#run(body);
    if (isChanged) this.#parts.wakeAll(this.gate);
    return isChanged;
  }

  #load(word: number): number {
    return this.#parts.words.load(this.#address + word);
  }

  #run<T>(body: (transaction: Transaction) => T): T {
    return this.#parts.guards.run(this.#address, body);
  }
}
