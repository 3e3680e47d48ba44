import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { arrayClassOf, checkScalar, type Scalar, type TypeCode, type TypedArrayOf } from './type-codes.ts';

/** The number, then room for a lock. */
const NUMBER_BYTES = 8;
export const LOCK_OFFSET_WORDS: number = NUMBER_BYTES / 4;
const VALUE_BYTES = 24;

/** A shared number without a lock: reading and writing it is atomic, reading and then writing is not. */
export class RawValue<C extends TypeCode> {
  readonly type: C;
  /** @internal */
  readonly block: SharedBlock;
  /** @internal One element: the number itself. */
  readonly cell: TypedArrayOf<C>;

  /** Default 0. RangeError if an integer is out of range. A block is for values that came from another process. */
  constructor(type: C, initial?: Scalar<C> | SharedBlock) {
    const arrayClass = arrayClassOf(type);
    this.type = type;
    if (initial instanceof SharedBlock) {
      this.block = initial;
    } else {
      if (initial !== undefined) checkScalar(type, initial);
      this.block = SharedBlock.allocate(KIND.value, VALUE_BYTES, 'a shared value');
    }
    const { arena, offset } = this.block;
    this.cell = new arrayClass(arena.windowTo(offset + NUMBER_BYTES), offset, 1);
    if (initial !== undefined && !(initial instanceof SharedBlock)) this.value = initial;
  }

  get value(): Scalar<C> {
    return this.cell[0] as Scalar<C>;
  }

  /** RangeError if an integer is out of range. */
  set value(value: Scalar<C>) {
    this.cell[0] = checkScalar(this.type, value);
  }
}
