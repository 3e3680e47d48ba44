/** The array over shared memory that shows numbers of each type. */
interface TypedArrays {
  i8: Int8Array;
  u8: Uint8Array;
  i16: Int16Array;
  u16: Uint16Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  u64: BigUint64Array;
  f32: Float32Array;
  f64: Float64Array;
}

const ARRAYS = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

export type TypeCode = keyof TypedArrays;
export type Scalar<C extends TypeCode> = C extends 'i64' | 'u64' ? bigint : number;
export type TypedArrayOf<C extends TypeCode> = TypedArrays[C];

type ArrayClass<C extends TypeCode> = {
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArrayOf<C>;
  readonly BYTES_PER_ELEMENT: number;
};

/** The TypedArray class of a code. TypeError for anything else. */
export function arrayClassOf<C extends TypeCode>(type: C): ArrayClass<C> {
  if (!Object.hasOwn(ARRAYS, type))
    throw new TypeError(`Cannot share numbers of type "${String(type)}"; use one of ${Object.keys(ARRAYS).join(', ')}`);
  // The table's own type is a union of classes; which one it is follows from C.
  return ARRAYS[type] as unknown as ArrayClass<C>;
}

export function isFloat(type: TypeCode): boolean {
  return type === 'f32' || type === 'f64';
}

/** Passes a value through that the type can hold; RangeError if it is out of range, TypeError if it is no such number. */
export function checkScalar<C extends TypeCode>(type: C, value: Scalar<C>): Scalar<C> {
  const isBig = type === 'i64' || type === 'u64';
  if (typeof value !== (isBig ? 'bigint' : 'number')) {
    throw new TypeError(`Cannot store a ${typeof value} as ${type}; give a ${isBig ? 'bigint' : 'number'}`);
  }
  if (isFloat(type)) return value;
  const bits = Number(type.slice(1));
  const isSigned = type[0] === 'i';
  const isInRange =
    typeof value === 'bigint'
      ? (isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value
      : Number.isInteger(value) &&
        value >= (isSigned ? -(2 ** (bits - 1)) : 0) &&
        value < 2 ** (isSigned ? bits - 1 : bits);
  if (!isInRange)
    throw new RangeError(`Cannot store ${String(value)} as ${type}: it is out of range; use a wider type`);
  return value;
}
