import type { CellLife } from '../memory/cells.ts';
import { CHAIN_WORDS, Chain } from '../memory/chain.ts';
import type { ChainStore } from '../memory/chain-store.ts';
import type { Transaction } from '../memory/guard.ts';
import type { Address } from '../memory/shared-words.ts';
import type { GuardedParts } from '../synchronize/semaphore-core.ts';
import { LEDGER_WORDS, TaskLedger } from './task-ledger.ts';

/**
 * Words of a queue: the chain; on a cache line that everybody reads and nobody writes while nobody waits, the gates of those who
 * wait for an item, for room and for all to be done, how many items there may be, and whether it is shut down; the ledger.
 */
const ITEM_GATE: number = CHAIN_WORDS;
const ROOM_GATE: number = CHAIN_WORDS + 1;
const DONE_GATE: number = CHAIN_WORDS + 2;
const MAX_SIZE: number = CHAIN_WORDS + 3;
const PHASE: number = CHAIN_WORDS + 4;
const LEDGER: number = CHAIN_WORDS + 5;
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
 * The shared state of a queue. A party killed in any call leaves the queue as it was before, or as it is afterwards.
 * README.md in this folder says by which store, who wakes whom, and what a kill costs.
 */
export class QueueCore<Entry extends { readonly block: CellLife | undefined }> {
  readonly #parts: QueueParts;
  readonly #store: ItemStore<Entry>;
  readonly #address: Address;
  readonly #chain: Chain<Entry>;
  readonly #ledger: TaskLedger | undefined;
  #maxSize: number;
  readonly #note: ((transaction: Transaction) => void) | undefined;

  constructor(parts: QueueParts, store: ItemStore<Entry>, address: Address, isJoinable: boolean) {
    this.#parts = parts;
    this.#store = store;
    this.#address = address;
    this.#chain = new Chain(parts, store, address);
    this.#ledger = isJoinable ? new TaskLedger(parts, address + LEDGER, () => this.#chain.put) : undefined;
    this.#maxSize = this.#load(MAX_SIZE);
    const ledger = this.#ledger;
    this.#note = ledger && ((transaction) => ledger.noteTaken(transaction));
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
    return this.#maxSize;
  }

  /** For a new one that nobody else knows yet. */
  initialize(maxSize: number): void {
    this.#parts.words.store(this.#address + MAX_SIZE, maxSize);
    this.#maxSize = maxSize;
  }

  size(): number {
    // Where it is noted who takes, a taking that is seen outside the guard may yet be undone.
    return this.#ledger === undefined ? this.#sizeNow() : this.#change(() => this.#sizeNow());
  }

  /** A look that costs next to nothing, and may be wrong by what others are doing. */
  mayHaveItems(): boolean {
    return !this.#chain.mayBeEmpty || !this.#chain.isEmpty;
  }

  /** As `mayHaveItems`. */
  mayHaveRoom(): boolean {
    return this.#maxSize === 0 || this.#chain.length < this.#maxSize;
  }

  /**
   * An Attempt to add an item. Done: the caller has let go of its block, which the queue owns. Throws, with nothing
   * changed, where there is no memory.
   */
  put(entry: Entry, isThorough: boolean): 'done' | 'full' | 'shut down' {
    if (!isThorough && !this.mayHaveRoom() && this.#load(PHASE) === OPEN) return 'full';
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
    if (this.#maxSize > 0 && this.mayHaveRoom()) this.#parts.wakeOne(this.roomGate);
    return 'done';
  }

  /** An Attempt to take the oldest item. The caller holds its block, until it drops it. */
  take(isThorough: boolean): Entry | 'empty' | 'shut down' {
    if (!isThorough && !this.mayHaveItems() && this.#load(PHASE) === OPEN) return 'empty';
    const taken = this.#tryTake();
    if (taken === 'empty' || taken === 'shut down') return taken;
    // A wake-up meant for another item may have been spent on us. The chain has just looked.
    if (!this.#chain.mayBeEmpty) this.#parts.wakeOne(this.itemGate);
    else if (this.#chain.isSpent) this.#chain.tidy();
    if (this.#maxSize > 0) this.#parts.wakeOne(this.roomGate);
    return taken;
  }

  /** Nothing is put any more; if `isImmediate`, nothing is taken either, and what is there is let go of. */
  shutDown(isImmediate: boolean): void {
    const phase = isImmediate ? OVER : DRAINING;
    this.#chain.atTail(() =>
      this.#chain.atHead(() =>
        this.#change((transaction) => {
          if (this.#load(PHASE) >= phase) return;
          this.#ledger?.noteDropped(transaction, isImmediate ? this.#sizeNow() : 0);
          transaction.write(this.#address + PHASE, phase);
        }),
      ),
    );
    for (const gate of [this.itemGate, this.roomGate, this.doneGate]) this.#parts.wakeAll(gate);
    // Killed here, the rest goes with the queue itself.
    if (isImmediate) this.#chain.discard();
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
    const chain = this.#chain;
    chain.enterTail();
    try {
      if (this.#phaseInside !== OPEN) return 'shut down';
      if (this.#maxSize > 0 && this.size() >= this.#maxSize) return 'full';
      return chain.append(entry, spare) ? 'done' : 'segment needed';
    } finally {
      chain.leaveTail();
    }
  }

  #tryTake(): Entry | 'empty' | 'shut down' {
    const chain = this.#chain;
    chain.enterHead();
    try {
      const phase = this.#phaseInside;
      if (phase === OVER) return 'shut down';
      return chain.take(this.#note) ?? (phase === DRAINING ? 'shut down' : 'empty');
    } finally {
      chain.leaveHead();
    }
  }

  /** Inside an end of the chain: whoever changes it is inside both. */
  get #phaseInside(): number {
    return this.#parts.words.loadOwn(this.#address + PHASE);
  }

  #sizeNow(): number {
    return this.#load(PHASE) === OVER ? 0 : this.#chain.length;
  }

  #load(word: number): number {
    return this.#parts.words.load(this.#address + word);
  }

  #change<T>(body: (transaction: Transaction) => T): T {
    return this.#parts.guards.run(this.#address, body);
  }
}
