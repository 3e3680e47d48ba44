import { indexOf, type PartyId, type PartySlots } from '../memory/party-slots.ts';
import type { Address, SharedWords } from '../memory/shared-words.ts';

/** The system calls that waiting needs, on words of the arena. */
export interface ParkingCalls {
  /** As FutexCalls in os/native/contract.ts. */
  futexWait(address: Address, expected: number, timeout: number, mask: number): void;
  futexWake(address: Address, count: number, mask: number): number;
  yieldCore(): void;
  /** Rings the doorbell of the party at a slot. False: nobody listens. */
  ring(index: number): boolean;
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
}

/** Parties are told apart by their slot's number modulo this; those that share a class are woken together. */
const CLASSES = 32;
const EVERYBODY = -1;

/**
 * A gate is one word of shared memory: a bit per class of parties, set while some party of the class wants to be woken.
 * README.md in this folder says why no wake-up is lost, whoever is killed.
 */
export class Gates {
  readonly #words: SharedWords;
  readonly #parties: PartySlots;
  readonly #calls: ParkingCalls;
  readonly #selfIndex: number;
  readonly #wakeSelf: (gate: Address) => boolean;
  /** The mask of this party's class. */
  readonly bit: number;
  /** Where the search for the next to wake begins, so that all have their turn. */
  #cursor: number;

  /** `wakeSelf` tells this party's own event loop; false if it waits for nothing at that gate. */
  constructor(
    words: SharedWords,
    parties: PartySlots,
    calls: ParkingCalls,
    self: PartyId,
    wakeSelf: (gate: Address) => boolean,
  ) {
    this.#words = words;
    this.#parties = parties;
    this.#calls = calls;
    this.#selfIndex = indexOf(self);
    this.#wakeSelf = wakeSelf;
    this.bit = 1 << (this.#selfIndex % CLASSES);
    this.#cursor = (this.#selfIndex + 1) % CLASSES;
  }

  /** Asks to be woken. Returns the gate's value with the request in it, which is what a sleeper must expect. */
  announce(gate: Address): number {
    return this.#words.or(gate, this.bit) | this.bit;
  }

  isAnnounced(gate: Address): boolean {
    return (this.#words.load(gate) & this.bit) !== 0;
  }

  /** False only if this party's request surely stands. In a class of several, another may have renewed it. */
  mayHaveBeenWoken(gate: Address): boolean {
    return this.#parties.high > CLASSES || !this.isAnnounced(gate);
  }

  /** Takes the request back. False if it was spent: somebody has woken this party since it announced. */
  withdraw(gate: Address): boolean {
    if ((this.#words.and(gate, ~this.bit) & this.bit) === 0) return false;
    // Others of the class lost their request with ours; woken, they renew it.
    if (this.#parties.high > CLASSES) this.#wakeClass(gate, this.#selfIndex % CLASSES, false);
    return true;
  }

  /** Wakes one class that is at the gate, if any is. */
  wakeOne(gate: Address): void {
    for (;;) {
      const waiting = this.#words.load(gate);
      if (waiting === 0) return;
      const index = this.#pick(waiting);
      const bit = 1 << index;
      if ((this.#words.and(gate, ~bit) & bit) === 0) continue;
      if (this.#wakeClass(gate, index, true)) return;
    }
  }

  /** Wakes all that are at the gate. */
  wakeAll(gate: Address): void {
    if (this.#words.load(gate) === 0) return;
    const waiting = this.#words.exchange(gate, 0);
    if (waiting === 0) return;
    if ((waiting & (waiting - 1)) === 0) {
      this.#wakeClass(gate, 31 - Math.clz32(waiting), true);
      return;
    }
    this.#calls.futexWake(gate, 2 ** 31 - 1, EVERYBODY);
    for (let index = 0, high = this.#parties.high; index < high; index += 1) {
      if (waiting & (1 << (index % CLASSES))) this.#ring(gate, index);
    }
  }

  /** Wakes the class of one party, if it is at the gate. */
  wakeParty(gate: Address, party: PartyId): void {
    const index = indexOf(party) % CLASSES;
    const bit = 1 << index;
    if ((this.#words.load(gate) & bit) !== 0 && (this.#words.and(gate, ~bit) & bit) !== 0)
      this.#wakeClass(gate, index, true);
  }

  /** False: nobody of that class was there to be woken. */
  #wakeClass(gate: Address, classIndex: number, includesSelf: boolean): boolean {
    let isWoken = this.#calls.futexWake(gate, 2 ** 31 - 1, 1 << classIndex) > 0;
    // Alone in its class, and blocked: it has nothing else at the gate that its bell could tell.
    if (isWoken && this.#parties.high <= CLASSES) return true;
    for (let index = classIndex, high = this.#parties.high; index < high; index += CLASSES) {
      if (includesSelf || index !== this.#selfIndex) isWoken = this.#ring(gate, index) || isWoken;
    }
    return isWoken;
  }

  #ring(gate: Address, index: number): boolean {
    if (index === this.#selfIndex) return this.#wakeSelf(gate);
    return this.#parties.hasBell(index) && this.#parties.at(index) !== undefined && this.#calls.ring(index);
  }

  #pick(waiting: number): number {
    const later = waiting & (EVERYBODY << this.#cursor);
    const lowest = later !== 0 ? later & -later : waiting & -waiting;
    const index = 31 - Math.clz32(lowest);
    this.#cursor = (index + 1) % CLASSES;
    return index;
  }
}
