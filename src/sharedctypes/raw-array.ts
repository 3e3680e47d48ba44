import { allocateBytes } from '../shared-memory/shared-bytes.ts';
import { arrayClassOf, checkScalar, type Scalar, type TypeCode, type TypedArrayOf } from './type-codes.ts';

/** @internal An array that came from another process. */
export interface ArrayOrigin {
  readonly buffer: ArrayBuffer;
  readonly length: number;
}

/** Shared numbers. `view` is the memory itself: what one process writes, the others see. */
export class RawArray<C extends TypeCode> {
  readonly type: C;
  readonly view: TypedArrayOf<C>;

  /** So many zeros, or these numbers. RangeError if an integer is out of range. An origin is for arrays that came from another process. */
  constructor(type: C, sizeOrInit: number | Iterable<Scalar<C>> | ArrayOrigin) {
    const arrayClass = arrayClassOf(type);
    this.type = type;
    if (isOrigin(sizeOrInit)) {
      this.view = new arrayClass(sizeOrInit.buffer, 0, sizeOrInit.length);
      return;
    }
    const initial = typeof sizeOrInit === 'number' ? undefined : [...sizeOrInit];
    const length = initial?.length ?? (sizeOrInit as number);
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(`Cannot create a shared array of length "${String(length)}"; give a whole number from 0 on`);
    // A buffer of no bytes has no address; one element of room does no harm.
    const buffer = allocateBytes(Math.max(1, length) * arrayClass.BYTES_PER_ELEMENT, 'a shared array');
    this.view = new arrayClass(buffer, 0, length);
    initial?.forEach((value, index) => {
      this.view[index] = checkScalar(type, value);
    });
  }

  get length(): number {
    return this.view.length;
  }
}

function isOrigin(value: unknown): value is ArrayOrigin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'buffer' in value &&
    'length' in value &&
    value.buffer instanceof ArrayBuffer &&
    !ArrayBuffer.isView(value)
  );
}
