import { BroodError } from '../errors/brood-error.ts';
import { readTaskStatus, type TaskStatus } from '../os/native/task-status.ts';
import {
  HEADER_PARTIES_EPOCH,
  HEADER_PARTIES_HIGH,
  MAX_PARTIES,
  PARTIES_OFFSET,
  PARTY_SLOT_BYTES,
  WORD_BYTES,
} from './layout.ts';
import type { Address, SharedWords } from './shared-words.ts';

/**
 * Names one party for ever: slot index (9 bits) and the slot's generation (20 bits), never 0. A party is a thread of a
 * process that has joined the arena. 29 bits, so that words that name an owner have three to spare.
 */
export type PartyId = number & { readonly __brand: 'PartyId' };

export const PARTY_BITS: number = 2 ** 29 - 1;
const INDEX_BITS = 9;
const GENERATION_LIMIT = 2 ** 20;

/**
 * Words of a slot. States, in the order a slot goes through them:
 *   free     identity 0: anybody may claim it
 *   claimed  identity set, state not alive: nobody names it yet; free again if the claimant died here
 *   alive    named by party ids of this generation
 *   dead     seen dead: everything that names it may be taken over, and what it held is being given back
 * A claim is one exchange on `identity`, which by itself says who made it.
 */
const IDENTITY = 0;
/** Generation, and ALIVE or DEAD in the lowest two bits. */
const STATE = 1;
const START_TIME = 2;
/** The party that gives back what this dead one held. */
const SWEEPER = 3;
/** What the party can hear: RINGS once it has a doorbell, WATCHES too once it watches for the deaths of all others. */
const HEARING = 4;
/** Grid place of the cell that the party is letting go of; 0: none. */
const DROPPING = 5;
/** How many processes it has started and not seen end, of those that are counted. */
const PROCESSES = 6;

const RINGS = 1;
const WATCHES = 2;

const ALIVE = 1;
const DEAD = 2;
const STATE_MASK = 3;

/** How long a party that was seen alive is taken for alive by those who ask often. */
const TRUST = 20;

export interface LivenessSource {
  /** Undefined: there is no such thread. */
  status(taskId: number): TaskStatus | undefined;
  now(): number;
}

const SYSTEM_LIVENESS: LivenessSource = { status: readTaskStatus, now: () => performance.now() };

export class PartySlots {
  readonly #words: SharedWords;
  readonly #liveness: LivenessSource;
  /** By slot: who was seen alive there last, and when. */
  readonly #seenAlive: Array<{ readonly party: PartyId; readonly at: number } | undefined> = [];

  constructor(words: SharedWords, liveness: LivenessSource = SYSTEM_LIVENESS) {
    this.#words = words;
    this.#liveness = liveness;
  }

  /** Joins as the thread `taskId`. A BroodError with code `ERR_TOO_MANY_PROCESSES` if every slot is taken. */
  claim(taskId: number): PartyId {
    const startTime = this.#liveness.status(taskId)?.startTime;
    if (startTime === undefined) {
      throw new BroodError(
        'ERR_ARENA',
        `Cannot join the shared memory: /proc/${taskId}/stat cannot be read; raise the limit on open files, or mount /proc`,
      );
    }
    const identity = toIdentity(taskId, startTime);
    for (let index = 0; index < MAX_PARTIES; index += 1) {
      const slot = slotAddress(index);
      if (!this.#words.replace(slot + IDENTITY, 0, identity)) continue;
      this.#raiseHigh(index + 1);
      const generation = ((this.#words.load(slot + STATE) >>> 2) + 1) % GENERATION_LIMIT || 1;
      this.#words.store(slot + START_TIME, startTime);
      this.#words.store(slot + HEARING, 0);
      this.#words.store(slot + DROPPING, 0);
      this.#words.store(slot + PROCESSES, 0);
      this.#words.store(slot + STATE, (generation << 2) | ALIVE);
      this.#words.add(HEADER_PARTIES_EPOCH, 1);
      return toPartyId(index, generation);
    }
    throw new BroodError(
      'ERR_TOO_MANY_PROCESSES',
      `Cannot join the shared memory: ${MAX_PARTIES} processes use it already; let some of them end`,
    );
  }

  /** Cheap: what is known without asking the system. True also for a party whose death nobody has noticed yet. */
  isListed(party: PartyId): boolean {
    return this.#words.load(slotAddress(indexOf(party)) + STATE) === ((generationOf(party) << 2) | ALIVE);
  }

  /** Asks the system, unless it did a moment ago and `isFresh` is not asked for. A death that it notices is written down for all. */
  isAlive(party: PartyId, isFresh: boolean = false): boolean {
    if (!this.isListed(party)) return false;
    const index = indexOf(party);
    const now = this.#liveness.now();
    const seen = this.#seenAlive[index];
    if (!isFresh && seen?.party === party && now - seen.at < TRUST) return true;
    if (isAliveSince(this.#liveness.status(this.taskIdOf(party)), this.#words.load(slotAddress(index) + START_TIME))) {
      this.#seenAlive[index] = { party, at: now };
      return true;
    }
    this.#markDead(party);
    return false;
  }

  #markDead(party: PartyId): void {
    const generation = generationOf(party) << 2;
    this.#words.replace(slotAddress(indexOf(party)) + STATE, generation | ALIVE, generation | DEAD);
  }

  /** Those not known to be dead, in slot order. */
  listed(): PartyId[] {
    const parties: PartyId[] = [];
    for (let index = 0; index < this.high; index += 1) {
      const party = this.at(index);
      if (party !== undefined) parties.push(party);
    }
    return parties;
  }

  /** The party listed at a slot, if any. */
  at(index: number): PartyId | undefined {
    const state = this.#words.load(slotAddress(index) + STATE);
    return (state & STATE_MASK) === ALIVE ? toPartyId(index, state >>> 2) : undefined;
  }

  /** The dead party at a slot whose belongings have not been given back, if any. Frees a slot whose claimant died while claiming. */
  deadAt(index: number): PartyId | undefined {
    const slot = slotAddress(index);
    const identity = this.#words.load(slot + IDENTITY);
    if (identity === 0) return undefined;
    const state = this.#words.load(slot + STATE);
    if ((state & STATE_MASK) === DEAD) return toPartyId(index, state >>> 2);
    if ((state & STATE_MASK) === 0 && !this.#isIdentityAlive(identity))
      this.#words.replace(slot + IDENTITY, identity, 0);
    return undefined;
  }

  /** True for the one party that may give back what the dead one held. It must call `endSweep`, or die. */
  beginSweep(dead: PartyId, sweeper: PartyId): boolean {
    const address = slotAddress(indexOf(dead)) + SWEEPER;
    const current = this.#words.load(address) as PartyId;
    if (current === sweeper || (current !== 0 && this.isAlive(current))) return false;
    if (!this.#words.replace(address, current, sweeper)) return false;
    // Somebody else may have swept it, and the slot may have moved on, between our look and our claim.
    if (this.#words.load(slotAddress(indexOf(dead)) + STATE) === ((generationOf(dead) << 2) | DEAD)) return true;
    this.#words.store(address, 0);
    return false;
  }

  endSweep(dead: PartyId): void {
    const slot = slotAddress(indexOf(dead));
    this.#words.store(slot + STATE, generationOf(dead) << 2);
    this.#words.store(slot + SWEEPER, 0);
    this.#words.store(slot + IDENTITY, 0);
  }

  taskIdOf(party: PartyId): number {
    return this.#words.load(slotAddress(indexOf(party)) + IDENTITY) & TASK_ID_BITS;
  }

  setHasBell(party: PartyId): void {
    this.#words.or(slotAddress(indexOf(party)) + HEARING, RINGS);
  }

  hasBell(index: number): boolean {
    return (this.#words.load(slotAddress(index) + HEARING) & RINGS) !== 0;
  }

  /** From now on newcomers ring its bell. */
  setWatches(party: PartyId): void {
    this.#words.or(slotAddress(indexOf(party)) + HEARING, WATCHES);
  }

  watches(index: number): boolean {
    return (this.#words.load(slotAddress(index) + HEARING) & WATCHES) !== 0;
  }

  /** What a party is letting go of, written down before it begins, so that the sweep can finish it. */
  setDropping(party: PartyId, gridIndex: number): void {
    this.#words.store(slotAddress(indexOf(party)) + DROPPING, gridIndex);
  }

  dropping(party: PartyId): number {
    return this.#words.load(slotAddress(indexOf(party)) + DROPPING);
  }

  /** For the party itself. */
  addProcesses(party: PartyId, count: number): void {
    this.#words.add(slotAddress(indexOf(party)) + PROCESSES, count);
  }

  /** What all have that are not known to be dead. There is no sum that a killed one could leave wrong. */
  countProcesses(): number {
    let count = 0;
    for (let index = 0; index < this.high; index += 1) {
      if (this.at(index) !== undefined) count += this.#words.load(slotAddress(index) + PROCESSES);
    }
    return count;
  }

  /** Changes with every arrival. */
  get epoch(): number {
    return this.#words.load(HEADER_PARTIES_EPOCH);
  }

  get high(): number {
    return this.#words.load(HEADER_PARTIES_HIGH);
  }

  #raiseHigh(high: number): void {
    for (let current = this.high; current < high; current = this.high)
      this.#words.replace(HEADER_PARTIES_HIGH, current, high);
  }

  /** For a claimant of whom only the identity is known. */
  #isIdentityAlive(identity: number): boolean {
    const taskId = identity & TASK_ID_BITS;
    const status = this.#liveness.status(taskId);
    const startTime = status?.startTime;
    return (
      status !== undefined && !status.isDead && (startTime === undefined || toIdentity(taskId, startTime) === identity)
    );
  }
}

/** A task that cannot be looked at counts as alive: to take from the living is worse than to wait for the dead. */
function isAliveSince(status: TaskStatus | undefined, startTime: number): boolean {
  if (status === undefined || status.isDead) return false;
  return status.startTime === undefined || (status.startTime | 0) === startTime;
}

/** Linux numbers tasks below 2^22; the other ten bits are the lowest of the start time. */
const TASK_ID_BITS = 2 ** 22 - 1;

function toIdentity(taskId: number, startTime: number): number {
  return taskId | (startTime << 22);
}

function slotAddress(index: number): Address {
  return (PARTIES_OFFSET + index * PARTY_SLOT_BYTES) / WORD_BYTES;
}

function toPartyId(index: number, generation: number): PartyId {
  return ((generation << INDEX_BITS) | index) as PartyId;
}

export function indexOf(party: PartyId): number {
  return party & (MAX_PARTIES - 1);
}

function generationOf(party: PartyId): number {
  return party >>> INDEX_BITS;
}
