import type { CellLife } from './cells.ts';
import { CHAIN_END_WORDS, ChainEnd } from './chain-end.ts';
import { type ChainParts, ChainSegments } from './chain-segments.ts';
import type { ChainStore } from './chain-store.ts';
import type { Guards, Transaction } from './guard.ts';
import type { Address } from './shared-words.ts';

/**
 * Words of a chain, which must come right after the header of a cell. What producers write, what consumers write and what
 * consumers look at all the time lie on cache lines of their own; so does what comes after the chain.
 */
const TAIL = 0;
const HEAD = 12;
const TAKEN = HEAD + CHAIN_END_WORDS;
const PUT = 28;
export const CHAIN_WORDS = 44;

/** How many entries are let go of at once: whoever wants to end meanwhile may. */
const DISCARDED_AT_ONCE = 256;

/**
 * Entries in a row, in segments of shared memory that a block owns. One party at a time puts, and one takes, neither in the
 * way of the other; each entry passes an end by one store. README.md in `queues/` says what a kill leaves.
 *
 * The chain owns its segments, and the blocks that its entries are in.
 */
export class Chain<Entry extends { readonly block: CellLife | undefined }> {
  readonly #guards: Guards;
  readonly #store: ChainStore<Entry>;
  readonly #address: Address;
  readonly #segments: ChainSegments;
  readonly #tail: ChainEnd;
  readonly #head: ChainEnd;
  /** For a change of one word that needs no log. */
  readonly #plainly: Transaction;
  /** Blocks that this party took out of the chain, and holds until it has left. */
  readonly #removed: CellLife[] = [];
  /** How many ends this party has entered. */
  #depth = 0;
  /** What was put when this party last looked, which is never undone, and how many were taken then, or by it just after. */
  #putSeen = 0;
  #takenSeen = 0;

  constructor({ words, guards }: ChainParts, store: ChainStore<Entry>, address: Address) {
    this.#guards = guards;
    this.#store = store;
    this.#address = address;
    this.#tail = new ChainEnd(words, guards.claims, address + TAIL, address + PUT);
    this.#head = new ChainEnd(words, guards.claims, address + HEAD, address + TAKEN);
    this.#segments = new ChainSegments({ words, guards }, store, address, this.#tail, this.#head, this.#removed);
    this.#plainly = { write: (target, value) => words.store(target, value) };
  }

  /** How many entries there are, exactly, unless a `take` with a note is under way: that one may yet be undone. */
  get length(): number {
    for (;;) {
      const taken = this.#head.passed;
      const length = (this.#tail.passed - taken) | 0;
      if (this.#head.passed === taken) return length;
    }
  }

  /** A look that costs less than `length`; others may change it at once. */
  get isEmpty(): boolean {
    return this.#head.passed === this.#tail.passed;
  }

  /** Less still: false only if this party has seen entries that it has not taken. */
  get mayBeEmpty(): boolean {
    return this.#putSeen === this.#takenSeen;
  }

  /** How many were ever put, modulo 2^32. */
  get put(): number {
    return this.#tail.passed;
  }

  /** The capacity of the last segment; 0 if there is none. */
  get lastCapacity(): number {
    const tail = this.#tail.segment;
    return tail === undefined ? 0 : this.#store.capacity(tail);
  }

  /** From now on nobody else puts, until `leaveTail`. */
  enterTail(): void {
    this.#enter(this.#tail);
  }

  leaveTail(): void {
    this.#leave(this.#tail);
  }

  /** From now on nobody else takes, until `leaveHead`. May be called inside the tail, which must not be entered in here. */
  enterHead(): void {
    this.#enter(this.#head);
  }

  leaveHead(): void {
    this.#leave(this.#head);
  }

  /** Runs `act` inside the tail. */
  atTail<T>(act: () => T): T {
    this.enterTail();
    try {
      return act();
    } finally {
      this.leaveTail();
    }
  }

  /** Runs `act` inside the head. */
  atHead<T>(act: () => T): T {
    this.enterHead();
    try {
      return act();
    } finally {
      this.leaveHead();
    }
  }

  /**
   * Inside the tail. False, and nothing has changed, if it needs a new segment and `spare` is undefined. The caller holds spare
   * and entry.
   */
  append(entry: Entry, spare: CellLife | undefined): boolean {
    const size = this.#store.sizeOf(entry);
    const segment = this.#roomFor(size, spare);
    if (segment === undefined) return false;
    const { block } = entry;
    const place = this.#tail.place;
    this.#store.write(segment, place, entry);
    this.#tail.prepare(place + size);
    if (block === undefined) {
      this.#tail.pass();
      return true;
    }
    this.#tail.announce(block);
    this.#store.setOwned(this.#plainly, block, true);
    this.#tail.pass();
    this.#tail.forgetPending();
    return true;
  }

  /**
   * Inside the head. The oldest entry, if there is one; the caller holds the block that it is in, until it drops it. What `note`
   * writes happens together with the taking, or not at all; if it throws, nothing has happened.
   */
  take(note?: (transaction: Transaction) => void): Entry | undefined {
    const { count } = this.#head;
    if (count !== this.#takenSeen || this.mayBeEmpty) this.#look(count);
    if (this.mayBeEmpty) return undefined;
    const segment = this.#segments.oldest();
    const place = this.#head.place;
    const entry = this.#store.read(segment, place);
    this.#pass(place + this.#store.sizeOf(entry), entry.block, note);
    const passed = (count + 1) | 0;
    if (passed === this.#putSeen) this.#look(passed);
    else this.#takenSeen = passed;
    return entry;
  }

  /** True if there is nothing in it but memory to be given back by `tidy`. A look from outside, which may be wrong. */
  get isSpent(): boolean {
    const segment = this.isEmpty ? this.#head.segment : undefined;
    return segment !== undefined && this.#store.isLarge(segment);
  }

  /** If the chain is empty, gives back its segments, but for a small one. */
  tidy(): void {
    this.atTail(() =>
      this.atHead(() => {
        if (!this.isEmpty) return;
        const segment = this.#segments.skipToLast();
        if (segment !== undefined && this.#store.isLarge(segment)) this.#segments.unlinkLast(segment);
      }),
    );
  }

  /** Lets go of everything. Nobody may put any more. */
  discard(): void {
    while (this.atHead(() => this.#discardSome()));
    this.atTail(() =>
      this.atHead(() => {
        const segment = this.#segments.skipToLast();
        if (segment !== undefined) this.#segments.unlinkLast(segment);
      }),
    );
  }

  /** False: nothing is left. */
  #discardSome(): boolean {
    for (let count = 0; count < DISCARDED_AT_ONCE; count += 1) {
      if (this.isEmpty) return false;
      const segment = this.#segments.oldest();
      const { place } = this.#head;
      const { size, block } = this.#store.peek(segment, place);
      this.#pass(place + size, block);
      if (block !== undefined) this.#removed.push(block);
    }
    return true;
  }

  /** Where the head will be, and the block that it passes. */
  #pass(place: number, block: CellLife | undefined, note?: (transaction: Transaction) => void): void {
    const head = this.#head;
    head.prepare(place);
    if (block !== undefined) {
      head.announce(block);
      this.#store.hold(block);
    }
    if (note === undefined) head.pass();
    else this.#passNoting(block, note);
    if (block === undefined) return;
    this.#store.setOwned(this.#plainly, block, false);
    head.forgetPending();
  }

  #passNoting(block: CellLife | undefined, note: (transaction: Transaction) => void): void {
    try {
      this.#guards.run(this.#address, (transaction) => {
        note(transaction);
        this.#head.passIn(transaction);
      });
    } catch (error) {
      if (block !== undefined) {
        this.#head.forgetPending();
        this.#removed.push(block);
      }
      throw error;
    }
  }

  /** The segment that the next entry of that size goes to, at the place of the tail. */
  #roomFor(size: number, spare: CellLife | undefined): CellLife | undefined {
    const tail = this.#tail.segment;
    if (tail !== undefined) {
      const capacity = this.#store.capacity(tail);
      if (this.#tail.place + size <= capacity) return tail;
      if (size <= capacity && this.#rewindIfEmpty()) return tail;
    }
    if (spare !== undefined) this.#segments.link(tail, spare);
    return spare;
  }

  /** Inside the tail: the last segment is used again from its beginning, if all of it was taken. */
  #rewindIfEmpty(): boolean {
    if (!this.isEmpty) return false;
    return this.atHead(() => {
      // What was taken may have been undone since.
      if (!this.isEmpty) return false;
      this.#segments.rewind();
      return true;
    });
  }

  #look(taken: number): void {
    this.#takenSeen = taken;
    this.#putSeen = this.#tail.passed;
  }

  #enter(end: ChainEnd): void {
    const isTakenOver = end.enter();
    this.#depth += 1;
    if (!isTakenOver) return;
    try {
      this.#recover(end);
    } catch (error) {
      this.#leave(end);
      throw error;
    }
  }

  #leave(end: ChainEnd): void {
    end.leave();
    this.#depth -= 1;
    if (this.#depth === 0 && this.#removed.length > 0) this.#release();
  }

  /** After a death in the claim of that end: undoes a transaction, and finishes or undoes the passing of a block. */
  #recover(end: ChainEnd): void {
    this.#guards.run(this.#address, () => {});
    const { pending } = end;
    if (pending === undefined) return;
    const hasPassed = pending.number !== end.count;
    // One that was not put, or was taken.
    if (hasPassed === (end === this.#head) && this.#store.tryHold(pending.block)) {
      this.#removed.push(pending.block);
      this.#store.setOwned(this.#plainly, pending.block, false);
    }
    end.forgetPending();
  }

  /** Letting go of one may let go of others. */
  #release(): void {
    for (let block = this.#removed.pop(); block !== undefined; block = this.#removed.pop()) this.#store.drop(block);
  }
}
