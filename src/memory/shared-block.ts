import type { Arena } from './arena.ts';
import type { CellLife } from './cells.ts';
import { currentArena } from './current-arena.ts';
import type { Block, BlockHandle } from './heap.ts';
import type { Kind } from './kinds.ts';

// Small on purpose: whatever is registered lives until the next full collection, and what hangs on it too.
const collected = new FinalizationRegistry<CellLife>((life) => currentArena('a shared object').heap.drop(life));

/**
 * The collector sees how little of an object lies in its own heap, and takes its time; meanwhile the arena fills with what
 * nobody uses. So every so many blocks have an ordinary buffer in common, never touched and so never in memory, whose size
 * makes it come sooner.
 */
const BLOCKS_PER_BALLAST = 1024;
const BALLAST_BYTES = 2 ** 20;
let ballast = new ArrayBuffer(0);
let blocksOnBallast = BLOCKS_PER_BALLAST;

function takeBallast(): ArrayBuffer {
  if (blocksOnBallast === BLOCKS_PER_BALLAST) {
    ballast = new ArrayBuffer(BALLAST_BYTES);
    blocksOnBallast = 0;
  }
  blocksOnBallast += 1;
  return ballast;
}

/**
 * A block of the arena as an object of this process: the block is held as long as the object is reachable. Whatever uses
 * the memory keeps a reference to it.
 */
export class SharedBlock {
  readonly arena: Arena;
  /** First word of the payload; only for blocks of less than 64 KiB. */
  readonly address: number;
  /** The payload in bytes from the arena's start. */
  readonly offset: number;
  readonly life: CellLife;
  /** Not to be read: it is to be reachable from here. */
  protected readonly ballast: ArrayBuffer = takeBallast();

  private constructor(arena: Arena, { life, address, offset }: Block) {
    this.arena = arena;
    this.address = address;
    this.offset = offset;
    this.life = life;
    collected.register(this, life, this);
  }

  /** Zeroed memory. `what` names the thing it is for in errors. */
  static allocate(kind: Kind, byteLength: number, what: string): SharedBlock {
    const arena = currentArena(what);
    return new SharedBlock(arena, arena.heap.allocate(kind, byteLength));
  }

  /** A block that this party holds. */
  static over(arena: Arena, block: Block): SharedBlock {
    return new SharedBlock(arena, block);
  }

  /** What a message carried. StateError if it is stale. */
  static admit(kind: Kind, handle: BlockHandle, what: string): SharedBlock {
    const arena = currentArena(what);
    return new SharedBlock(arena, arena.heap.admit(kind, handle));
  }

  /** Lets go of it now, instead of when this object is collected. Nothing may use the memory afterwards. */
  release(): void {
    collected.unregister(this);
    this.arena.heap.drop(this.life);
  }

  /** For a message that is read exactly once: the block lives until then. */
  depart(): BlockHandle {
    return this.arena.heap.depart(this.life);
  }

  /** The message of `depart` will not be sent after all. */
  takeBack(handle: BlockHandle): void {
    this.arena.heap.discard(handle);
  }

  /** This party holds it once more, until `heap.drop`. */
  share(): void {
    this.arena.heap.share(this.life);
  }

  /** For a message that is read while the caller keeps this object. */
  lend(): BlockHandle {
    return this.arena.heap.lend(this.life);
  }
}
