import type { CellLife } from './cells.ts';
import type { ChainEnd } from './chain-end.ts';
import type { ChainStore } from './chain-store.ts';
import type { Guards, Transaction } from './guard.ts';
import { SegmentLinks } from './segment-links.ts';
import type { Address, SharedWords } from './shared-words.ts';

export interface ChainParts {
  readonly words: SharedWords;
  readonly guards: Guards;
}

/**
 * In which segments the ends of a chain are. Several words change, so each change is a transaction in the guard of the block
 * that has the chain; whoever takes an end over from a dead one enters that guard first.
 */
export class ChainSegments {
  readonly #guards: Guards;
  readonly #store: Pick<ChainStore<never>, 'hold' | 'setOwned'>;
  readonly #address: Address;
  readonly #tail: ChainEnd;
  readonly #head: ChainEnd;
  readonly #links: SegmentLinks;
  readonly #removed: CellLife[];

  /** What is taken out of the chain goes to `removed`; this party holds it. */
  constructor(
    { words, guards }: ChainParts,
    store: Pick<ChainStore<never>, 'hold' | 'setOwned'>,
    address: Address,
    tail: ChainEnd,
    head: ChainEnd,
    removed: CellLife[],
  ) {
    this.#guards = guards;
    this.#store = store;
    this.#address = address;
    this.#tail = tail;
    this.#head = head;
    this.#links = new SegmentLinks(words);
    this.#removed = removed;
  }

  /** Inside the tail: the next entry will be the first of another segment, which the caller holds. */
  link(tail: CellLife | undefined, segment: CellLife): void {
    this.#guards.run(this.#address, (transaction) => {
      // Without any segment nobody takes, so that the head may be moved from here.
      if (tail === undefined) this.#head.moveTo(transaction, segment);
      else this.#links.close(transaction, tail, this.#tail.place, segment);
      this.#tail.moveTo(transaction, segment);
      this.#store.setOwned(transaction, segment, true);
    });
  }

  /** Inside the head: the segment of the next entry; there must be one. */
  oldest(): CellLife {
    for (;;) {
      const segment = this.#head.segment as CellLife;
      const next = this.#links.after(segment);
      if (next === undefined || this.#head.place !== this.#links.endOf(segment)) return segment;
      this.#skip(segment, next);
    }
  }

  /** Inside both, and the chain is empty; so is what comes now. */
  skipToLast(): CellLife | undefined {
    for (;;) {
      const segment = this.#head.segment;
      const next = segment === undefined ? undefined : this.#links.after(segment);
      if (segment === undefined || next === undefined) return segment;
      this.#skip(segment, next);
    }
  }

  /** The last segment is used again from its beginning. */
  rewind(): void {
    this.skipToLast();
    this.#guards.run(this.#address, (transaction) => {
      this.#head.rewind(transaction);
      this.#tail.rewind(transaction);
    });
  }

  unlinkLast(segment: CellLife): void {
    this.#guards.run(this.#address, (transaction) => {
      this.#head.moveTo(transaction, undefined);
      this.#tail.moveTo(transaction, undefined);
      this.#disown(transaction, segment);
    });
  }

  #skip(segment: CellLife, next: CellLife): void {
    this.#guards.run(this.#address, (transaction) => {
      this.#head.moveTo(transaction, next);
      this.#disown(transaction, segment);
    });
  }

  #disown(transaction: Transaction, block: CellLife): void {
    this.#store.hold(block);
    this.#removed.push(block);
    this.#store.setOwned(transaction, block, false);
  }
}
