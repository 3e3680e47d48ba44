import type { Arena } from './arena.ts';
import type { CellLife } from './cells.ts';
import { currentArena } from './current-arena.ts';
import type { Block, BlockHandle } from './heap.ts';
import type { Kind } from './kinds.ts';

const collected = new FinalizationRegistry<{ arena: Arena; life: CellLife }>(({ arena, life }) => arena.heap.drop(life));

/**
 * A block of the arena as an object of this process: the block is held as long as the object is reachable. Whatever uses
 * the memory keeps a reference to it.
 */
export class SharedBlock {
  readonly arena: Arena;
  readonly #block: Block;

  private constructor(arena: Arena, block: Block) {
    this.arena = arena;
    this.#block = block;
    collected.register(this, { arena, life: block.life });
  }

  /** Zeroed memory. `what` names the thing it is for in errors. */
  static allocate(kind: Kind, byteLength: number, what: string): SharedBlock {
    const arena = currentArena(what);
    return new SharedBlock(arena, arena.heap.allocate(kind, byteLength));
  }

  /** What a message carried. StateError if it is stale. */
  static admit(kind: Kind, handle: BlockHandle, what: string): SharedBlock {
    const arena = currentArena(what);
    return new SharedBlock(arena, arena.heap.admit(kind, handle));
  }

  /** For a message: the block lives until it is admitted or discarded. */
  depart(): BlockHandle {
    return this.arena.heap.depart(this.#block.life);
  }

  /** First word of the payload; only for blocks of less than 64 KiB. */
  get address(): number {
    return this.#block.address;
  }

  /** The payload in bytes from the arena's start. */
  get offset(): number {
    return this.#block.offset;
  }
}
