import type { Arena } from '../memory/arena.ts';
import type { Block } from '../memory/heap.ts';
import { KIND } from '../memory/kinds.ts';
import { LARGEST_SMALL_BYTES } from '../memory/layout.ts';
import type { PartyId } from '../memory/party-slots.ts';
import { startTimer } from '../util/timer.ts';

/** How long a block that is not used is kept, in milliseconds. */
const KEPT = 1000;

/**
 * The blocks by which one party hands large frames to another. The last one is kept for the next frame: memory that is there
 * already takes a copy in a tenth of the time that new memory takes.
 */
export class FrameBlocks {
  readonly #arena: Arena;
  readonly #reader: () => PartyId;
  #spare: { readonly block: Block; readonly byteLength: number } | undefined;
  #expiry: { cancel(): void } | undefined;

  constructor(arena: Arena, reader: () => PartyId) {
    this.#arena = arena;
    this.#reader = reader;
  }

  /** A block of at least `byteLength` bytes that nobody else holds. To be given to `leave` afterwards. */
  take(byteLength: number): Block {
    const spare = this.#spare;
    if (spare && spare.byteLength >= byteLength && !this.#arena.handover.isHeldBy(spare.block.life, this.#reader())) {
      this.#spare = undefined;
      return spare.block;
    }
    return this.#arena.heap.allocate(KIND.frame, byteLength);
  }

  /** The reader holds the block now, or nobody does. `byteLength`: how much of it has been used. */
  leave(block: Block, byteLength: number): void {
    this.drop();
    this.#spare = { block, byteLength };
    if (byteLength <= LARGEST_SMALL_BYTES) this.drop();
    else this.#expiry = startTimer(KEPT, () => this.drop());
  }

  /** Keeps nothing any more. */
  drop(): void {
    this.#expiry?.cancel();
    if (this.#spare) this.#arena.heap.drop(this.#spare.block.life);
    this.#spare = undefined;
  }
}
