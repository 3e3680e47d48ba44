import type { CellLife } from '../memory/cells.ts';
import { CHAIN_WORDS, Chain, type ChainStore } from '../memory/chain.ts';
import type { Transaction } from '../memory/guard.ts';
import type { Address } from '../memory/shared-words.ts';
import type { GuardedParts } from '../synchronize/semaphore-core.ts';
import { LEDGER_WORDS, TaskLedger } from './task-ledger.ts';

/**
 * Words of a queue: the chain of its items (the arena knows that it comes first), the gates of those who wait for an
 * item, for room and for all to be done, how many items there are and may be, whether it is shut down; then the ledger.
 */
const ITEM_GATE = CHAIN_WORDS;
const ROOM_GATE = CHAIN_WORDS + 1;
const DONE_GATE = CHAIN_WORDS + 2;
const SIZE = CHAIN_WORDS + 3;
const MAX_SIZE = CHAIN_WORDS + 4;
const PHASE = CHAIN_WORDS + 5;
const LEDGER = CHAIN_WORDS + 6;
export const QUEUE_WORDS: number = LEDGER;
export const JOINABLE_QUEUE_WORDS: number = LEDGER + LEDGER_WORDS;

/** open: items go in and out. draining: they go out. over: they do not, and those that are left are let go of. */
const OPEN = 0;
const DRAINING = 1;
const OVER = 2;

export interface QueueParts extends GuardedParts {
  wakeAll(gate: Address): void;
}

/** Where items come from and go to. */
export interface ItemStore<Entry extends { readonly block: CellLife | undefined }> extends ChainStore<Entry> {
  /** A segment for the entry, behind one with that capacity, or 0. The caller holds it. */
  allocate(entry: Entry, lastCapacity: number): CellLife;
}

/**
 * The shared state of a queue. Each call is one change in the queue's guard, so a party killed in it leaves the queue as
 * it was before, or as it is afterwards. README.md in this folder says who wakes whom, and what a kill costs.
 */
export class QueueCore<Entry extends { readonly block: CellLife | undefined }> {
  readonly #parts: QueueParts;
  readonly #store: ItemStore<Entry>;
  readonly #address: Address;
  readonly #chain: Chain<Entry>;
  readonly #ledger: TaskLedger | undefined;

  constructor(parts: QueueParts, store: ItemStore<Entry>, address: Address, isJoinable: boolean) {
    this.#parts = parts;
    this.#store = store;
    this.#address = address;
    this.#chain = new Chain(parts.words, store, address);
    this.#ledger = isJoinable ? new TaskLedger(parts, address + LEDGER) : undefined;
  }

  get itemGate(): Address {
    return this.#address + ITEM_GATE;
  }

  get roomGate(): Address {
    return this.#address + ROOM_GATE;
  }

  get doneGate(): Address {
    return this.#address + DONE_GATE;
  }

  /** 0: no bound. */
  get maxSize(): number {
    return this.#load(MAX_SIZE);
  }

  /** For a new one that nobody else knows yet. */
  initialize(maxSize: number): void {
    this.#parts.words.store(this.#address + MAX_SIZE, maxSize);
  }

  size(): number {
    return this.#change(() => this.#load(SIZE));
  }

  /**
   * An Attempt to add an item. Done: the caller has let go of its block, which the queue owns. Throws, with nothing
   * changed, where there is no memory.
   */
  put(entry: Entry, isThorough: boolean): 'done' | 'full' | 'shut down' {
    if (!isThorough && this.#isFull() && this.#load(PHASE) === OPEN) return 'full';
    let outcome = this.#tryPut(entry, undefined);
    if (outcome === 'segment needed') {
      const spare = this.#store.allocate(entry, this.#chain.lastCapacity);
      try {
        outcome = this.#tryPut(entry, spare);
      } finally {
        this.#store.drop(spare);
      }
    }
    if (outcome !== 'done') return outcome as 'full' | 'shut down';
    if (entry.block !== undefined) this.#store.drop(entry.block);
    this.#parts.wakeOne(this.itemGate);
    // A wake-up meant for other room may have been spent on us.
    if (this.maxSize > 0 && !this.#isFull()) this.#parts.wakeOne(this.roomGate);
    return 'done';
  }

  /** An Attempt to take the oldest item. The caller holds its block, until it drops it. */
  take(isThorough: boolean): Entry | 'empty' | 'shut down' {
    if (!isThorough && this.#load(SIZE) === 0 && this.#load(PHASE) === OPEN) return 'empty';
    const taken = this.#change((transaction) => {
      const size = this.#load(SIZE);
      const phase = this.#load(PHASE);
      if (phase === OVER || (phase === DRAINING && size === 0)) return 'shut down';
      if (size === 0) return 'empty';
      // First what may throw: who has taken an entry must get it.
      this.#ledger?.noteTaken(transaction);
      transaction.write(this.#address + SIZE, size - 1);
      return this.#chain.take(transaction);
    });
    if (taken === 'empty' || taken === 'shut down') return taken;
    // A wake-up meant for another item may have been spent on us.
    if (this.#load(SIZE) > 0) this.#parts.wakeOne(this.itemGate);
    if (this.maxSize > 0) this.#parts.wakeOne(this.roomGate);
    return taken;
  }

  /** Nothing is put any more; if `isImmediate`, nothing is taken either, and what is there is let go of. */
  shutDown(isImmediate: boolean): void {
    this.#change((transaction) => {
      if (this.#load(PHASE) < (isImmediate ? OVER : DRAINING))
        transaction.write(this.#address + PHASE, isImmediate ? OVER : DRAINING);
      if (!isImmediate) return;
      this.#ledger?.noteDropped(transaction, this.#load(SIZE));
      transaction.write(this.#address + SIZE, 0);
    });
    for (const gate of [this.itemGate, this.roomGate, this.doneGate]) this.#parts.wakeAll(gate);
    // Killed here, the rest goes with the queue itself.
    if (isImmediate) while (this.#change((transaction) => this.#chain.discardSome(transaction)));
  }

  /** StateError if everything is done already. */
  taskDone(): void {
    this.#change((transaction) => this.#ledger?.noteDone(transaction));
    this.#wakeIfDone();
  }

  /** An Attempt to see everything done. */
  isDone(isThorough: boolean): boolean {
    const ledger = this.#ledger;
    if (ledger === undefined) return true;
    if (ledger.hasDead(isThorough)) {
      while (this.#change((transaction) => ledger.buryOne(transaction)));
      this.#wakeIfDone();
    }
    // What is seen outside the guard may yet be undone.
    return (isThorough || ledger.unfinished === 0) && this.#change(() => ledger.unfinished === 0);
  }

  #wakeIfDone(): void {
    if (this.#ledger?.unfinished === 0) this.#parts.wakeAll(this.doneGate);
  }

  #tryPut(entry: Entry, spare: CellLife | undefined): 'done' | 'full' | 'shut down' | 'segment needed' {
    return this.#change((transaction) => {
      if (this.#load(PHASE) !== OPEN) return 'shut down';
      if (this.#isFull()) return 'full';
      if (!this.#chain.append(transaction, entry, spare)) return 'segment needed';
      this.#ledger?.noteAdded(transaction);
      transaction.write(this.#address + SIZE, this.#load(SIZE) + 1);
      return 'done';
    });
  }

  #isFull(): boolean {
    const maxSize = this.maxSize;
    return maxSize > 0 && this.#load(SIZE) >= maxSize;
  }

  #load(word: number): number {
    return this.#parts.words.load(this.#address + word);
  }

  #change<T>(body: (transaction: Transaction) => T): T {
    try {
      return this.#parts.guards.run(this.#address, body);
    } finally {
      this.#chain.release();
    }
  }
}
