import type { CellLife } from '../memory/cells.ts';
import { KeptBlocks } from '../memory/kept-blocks.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { currentParking } from '../parking/current-parking.ts';
import type { Parking } from '../parking/parking.ts';
import { CRATES_PER_DIRECTION, DIRECTION_WORDS, PipeRing, RING_BYTES } from './pipe-ring.ts';

const TOKEN_BYTES = 4;
const WORD_BYTES = 4;

/** Which of the two ends. Direction 0 leads to end 0, direction 1, which only a duplex pipe has, to end 1. */
export type Side = 0 | 1;

/**
 * One end of a pipe, as one process has it. Three blocks make a pipe: the memory with both directions, which everybody holds
 * who has an end, and for each end a token. Whoever has the end holds its token, a message that carries the end does too, and
 * whoever has the other end only knows its name. So an end is gone when its token is: closed by all, or dead with them.
 */
export class PipeEnd {
  readonly memory: SharedBlock;
  readonly token: SharedBlock;
  /** The other end's token. */
  readonly other: CellLife;
  readonly side: Side;
  readonly isDuplex: boolean;
  readonly parking: Parking;
  /** Undefined where the pipe has no such direction. */
  readonly incoming: PipeRing | undefined;
  readonly outgoing: PipeRing | undefined;

  constructor(memory: SharedBlock, token: SharedBlock, other: CellLife, side: Side, isDuplex: boolean) {
    this.memory = memory;
    this.token = token;
    this.other = other;
    this.side = side;
    this.isDuplex = isDuplex;
    this.parking = currentParking('a pipe');
    this.incoming = this.#ring(side);
    this.outgoing = this.#ring(side === 0 ? 1 : 0);
  }

  /** Both ends of a new pipe. */
  static createPair(isDuplex: boolean): [PipeEnd, PipeEnd] {
    const directions = isDuplex ? 2 : 1;
    const crates = directions * CRATES_PER_DIRECTION;
    const words = KeptBlocks.wordsFor(crates) + directions * DIRECTION_WORDS;
    const memory = SharedBlock.allocate(KIND.pipe, words * WORD_BYTES + directions * RING_BYTES, 'a pipe');
    new KeptBlocks(memory.arena, memory.address).initialize(crates);
    const tokens = [
      SharedBlock.allocate(KIND.pipeEnd, TOKEN_BYTES, 'a pipe'),
      SharedBlock.allocate(KIND.pipeEnd, TOKEN_BYTES, 'a pipe'),
    ] as const;
    // Each end lets go of the memory for itself.
    const sameMemory = SharedBlock.admit(KIND.pipe, memory.lend(), 'a pipe');
    return [
      new PipeEnd(memory, tokens[0], tokens[1].life, 0, isDuplex),
      new PipeEnd(sameMemory, tokens[1], tokens[0].life, 1, isDuplex),
    ];
  }

  /** The same end once more, to be released apart. */
  share(): PipeEnd {
    const { memory, token, other, side, isDuplex } = this;
    return new PipeEnd(
      SharedBlock.admit(KIND.pipe, memory.lend(), 'a pipe'),
      SharedBlock.admit(KIND.pipeEnd, token.lend(), 'a pipe'),
      other,
      side,
      isDuplex,
    );
  }

  /** True if nobody has the other end. A thorough look asks the system who lives. */
  isOtherGone(isThorough: boolean): boolean {
    const { heap } = this.memory.arena;
    return isThorough ? !heap.isHeld(this.other) : !heap.isLive(this.other);
  }

  /** This process has the end no more, from now on. The memory stays until `releaseMemory`. */
  releaseToken(): void {
    const { heap } = this.memory.arena;
    this.token.release();
    if (!heap.isLive(this.token.life)) drain(this.incoming);
    if (this.isOtherGone(false)) drain(this.outgoing);
    for (const ring of [this.incoming, this.outgoing]) {
      if (ring === undefined) continue;
      this.parking.wakeAll(ring.readGate);
      this.parking.wakeAll(ring.writeGate);
    }
  }

  releaseMemory(): void {
    this.memory.release();
  }

  #ring(direction: Side): PipeRing | undefined {
    if (direction === 1 && !this.isDuplex) return undefined;
    const { address, arena } = this.memory;
    const directions = this.isDuplex ? 2 : 1;
    const first = address + KeptBlocks.wordsFor(directions * CRATES_PER_DIRECTION);
    const bytes = first + directions * DIRECTION_WORDS + direction * (RING_BYTES / WORD_BYTES);
    const kept = new KeptBlocks(arena, address);
    return new PipeRing(
      this.parking,
      first + direction * DIRECTION_WORDS,
      bytes,
      kept,
      direction * CRATES_PER_DIRECTION,
    );
  }
}

/** Nobody will ever take what is in there: gives its memory back, and lets go of what its values refer to. */
export function drain(ring: PipeRing | undefined): void {
  while (ring?.discardOne());
}
