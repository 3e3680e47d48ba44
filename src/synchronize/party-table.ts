import { BroodError } from '../errors/brood-error.ts';
import type { Transaction } from '../memory/guard.ts';
import type { PartyId, PartySlots } from '../memory/party-slots.ts';
import type { Address, SharedWords } from '../memory/shared-words.ts';

/**
 * What each party has to do with one object: a record per party, its id in the first word. To be used inside the
 * object's guard. Records of the dead stay until they are buried, so that what they say can be made good.
 *
 * The table has a fixed size: an object that more processes use at the same moment than fit is an error, a clear one.
 */
export class PartyTable {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;
  /** One more than the highest record ever used. */
  readonly #high: Address;
  readonly #records: Address;
  readonly #recordWords: number;
  readonly #capacity: number;

  /** In `words` words from `address` on; each record has the party and `fields` more words. */
  constructor(words: SharedWords, parties: PartySlots, address: Address, room: number, fields: number) {
    this.#words = words;
    this.#parties = parties;
    this.#high = address;
    this.#records = address + 1;
    this.#recordWords = fields + 1;
    this.#capacity = Math.floor((room - 1) / this.#recordWords);
  }

  find(party: PartyId): Address | undefined {
    for (const record of this.all()) if (this.partyOf(record) === party) return record;
    return undefined;
  }

  /** The party's record, new and zero if it had none. */
  findOrAdd(transaction: Transaction, party: PartyId): Address {
    let free: Address | undefined;
    for (const record of this.all()) {
      const owner = this.partyOf(record);
      if (owner === party) return record;
      if (owner === 0) free ??= record;
    }
    if (free === undefined) {
      const high = this.#words.load(this.#high);
      if (high === this.#capacity) {
        throw new BroodError(
          'ERR_TOO_MANY_PROCESSES',
          `Cannot use the object: ${high} processes hold it or wait for it already; let some of them go on`,
        );
      }
      transaction.write(this.#high, high + 1);
      free = this.#records + high * this.#recordWords;
    }
    for (let field = 1; field < this.#recordWords; field += 1) transaction.write(free + field, 0);
    transaction.write(free, party);
    return free;
  }

  /** Records in use or once used; those of nobody have party 0. */
  *all(): Generator<Address, void, undefined> {
    const high = this.#words.load(this.#high);
    for (let index = 0; index < high; index += 1) yield this.#records + index * this.#recordWords;
  }

  partyOf(record: Address): PartyId {
    return this.#words.load(record) as PartyId;
  }

  remove(transaction: Transaction, record: Address): void {
    transaction.write(record, 0);
  }

  /** The record of some party that is dead. `isThorough` asks the system, otherwise only known deaths count. */
  findDead(isThorough: boolean): Address | undefined {
    for (const record of this.all()) {
      const party = this.partyOf(record);
      if (party !== 0 && !(isThorough ? this.#parties.isAlive(party) : this.#parties.isListed(party))) return record;
    }
    return undefined;
  }
}
