import { discardPlain, fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { decodeBytes, discardBytes, encodeBytes } from '../shared-memory/shared-bytes.ts';
import { decodeLock, discardLock, encodeLock } from '../synchronize/lock-handles.ts';
import { RawArray } from './raw-array.ts';
import { RawValue } from './raw-value.ts';
import { SharedArray } from './shared-array.ts';
import type { TypeCode } from './type-codes.ts';
import { Value } from './value.ts';

type EncodedValue = { block: PlainData; type: TypeCode; lock: PlainData };
type EncodedArray = { bytes: PlainData; type: TypeCode; length: number; lock: PlainData };

const admitValue = (block: PlainData): SharedBlock => SharedBlock.admit(KIND.value, fromPlain(block), 'a shared value');

const rawValueHandle: HandleKind<RawValue<TypeCode>> = {
  tag: 'rawValue',
  matches: (value): value is RawValue<TypeCode> => value.constructor === RawValue,
  encode: ({ block, type }) => ({ block: toPlain(block.depart()), type }),
  decode(data) {
    const { block, type } = data as EncodedValue;
    return new RawValue(type, admitValue(block));
  },
  discard: (data) => discardPlain((data as EncodedValue).block),
};

const valueHandle: HandleKind<Value<TypeCode>> = {
  tag: 'value',
  matches: (value): value is Value<TypeCode> => value.constructor === Value,
  encode(value) {
    const lock = value.getLock();
    // Its own lock lies in its block and needs no handle.
    return {
      block: toPlain(value.block.depart()),
      type: value.type,
      lock: lock.place.block === value.block ? null : encodeLock(lock),
    };
  },
  decode(data) {
    const { block, type, lock } = data as EncodedValue;
    return new Value(type, admitValue(block), lock === null ? {} : { lock: decodeLock(lock) });
  },
  discard(data) {
    const { block, lock } = data as EncodedValue;
    discardPlain(block);
    if (lock !== null) discardLock(lock);
  },
};

const rawArrayHandle: HandleKind<RawArray<TypeCode>> = {
  tag: 'rawArray',
  matches: (value): value is RawArray<TypeCode> => value.constructor === RawArray,
  encode: ({ view, type, length }) => ({ bytes: encodeBytes(view.buffer), type, length }),
  decode(data) {
    const { bytes, type, length } = data as EncodedArray;
    return new RawArray(type, { buffer: decodeBytes(bytes), length });
  },
  discard: (data) => discardBytes((data as EncodedArray).bytes),
};

const sharedArrayHandle: HandleKind<SharedArray<TypeCode>> = {
  tag: 'sharedArray',
  matches: (value): value is SharedArray<TypeCode> => value.constructor === SharedArray,
  encode: (array) => ({
    bytes: encodeBytes(array.view.buffer),
    type: array.type,
    length: array.length,
    lock: encodeLock(array.getLock()),
  }),
  decode(data) {
    const { bytes, type, length, lock } = data as EncodedArray;
    return new SharedArray(type, { buffer: decodeBytes(bytes), length }, { lock: decodeLock(lock) });
  },
  discard(data) {
    const { bytes, lock } = data as EncodedArray;
    discardBytes(bytes);
    discardLock(lock);
  },
};

/** Everything of this folder that may cross to another process. */
export const sharedctypesHandles: readonly HandleKind[] = [
  rawValueHandle,
  valueHandle,
  rawArrayHandle,
  sharedArrayHandle,
];
