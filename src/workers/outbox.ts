import type { CellLife } from '../memory/cells.ts';
import { CHAIN_WORDS, Chain } from '../memory/chain.ts';
import { fromPlain, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { type Item, Segments } from '../memory/segments.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { missingNativeReason } from '../os/native/native.ts';

const OUTBOX_BYTES: number = CHAIN_WORDS * 4;
const NO_BYTES = new Uint8Array(0);

/**
 * Keeps the shared objects in what a worker sends until its parent has read it: one crate for each message that refers to
 * some, in the order in which they are sent. Worker and parent hold the outbox, so what is never read is let go of with
 * the later of the two, wherever either is killed.
 */
export class Outbox {
  readonly #block: SharedBlock;
  readonly #store: Segments;
  readonly #chain: Chain<Item>;

  private constructor(block: SharedBlock) {
    this.#block = block;
    this.#store = new Segments(block.arena);
    this.#chain = new Chain(block.arena, this.#store, block.address);
  }

  /** Undefined without shared memory. */
  static tryShare(): Outbox | undefined {
    if (missingNativeReason() !== undefined) return undefined;
    return new Outbox(SharedBlock.allocate(KIND.outbox, OUTBOX_BYTES, 'the outbox of a worker'));
  }

  /** The one that another process shares, and lends. */
  static admit(handle: PlainData): Outbox {
    return new Outbox(SharedBlock.admit(KIND.outbox, fromPlain(handle), 'the outbox of a worker'));
  }

  /** For the worker, which admits it while this object lives. */
  lend(): PlainData {
    return toPlain(this.#block, 'lent');
  }

  /** For the worker: takes over its holds on these blocks, for the message that it is about to send. */
  put(list: readonly CellLife[]): void {
    const { heap, crates } = this.#block.arena;
    try {
      const block = crates.make(NO_BYTES, list);
      try {
        this.#append({ byteLength: 0, bytes: undefined, block });
      } finally {
        heap.drop(block);
      }
    } finally {
      for (const life of list) heap.drop(life);
    }
  }

  /** For the parent, with each message that refers to shared objects: what keeps them is held here now, until `drop`. */
  take(): CellLife | undefined {
    return this.#chain.atHead(() => this.#chain.take())?.block;
  }

  /** The message that came with it has been read, or is of no use. */
  drop(crate: CellLife): void {
    this.#block.arena.heap.drop(crate);
  }

  /** For the parent, when the worker has ended and all is read. */
  close(): void {
    this.#block.release();
  }

  #append(entry: Item): void {
    if (this.#chain.atTail(() => this.#chain.append(entry, undefined))) return;
    const spare = this.#store.allocate(entry, this.#chain.lastCapacity);
    try {
      this.#chain.atTail(() => this.#chain.append(entry, spare));
    } finally {
      this.#store.drop(spare);
    }
  }
}
