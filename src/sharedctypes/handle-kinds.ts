import { fromPlain, type HandleKind, type PlainData, toPlain } from '../memory/handle-kind.ts';
import { KIND } from '../memory/kinds.ts';
import { SharedBlock } from '../memory/shared-block.ts';
import { decodeBytes, encodeBytes } from '../shared-memory/shared-bytes.ts';
import { decodeLock, encodeLock } from '../synchronize/lock-handles.ts';
import { ownFile } from '../util/own-files.ts';
import { addHandleKinds } from '../wire/handle-kinds.ts';
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
  encode: ({ block, type }, carriage) => ({ block: toPlain(block, carriage), type }),
  decode(data) {
    const { block, type } = data as EncodedValue;
    return new RawValue(type, admitValue(block));
  },
};

const valueHandle: HandleKind<Value<TypeCode>> = {
  tag: 'value',
  matches: (value): value is Value<TypeCode> => value.constructor === Value,
  encode(value, carriage) {
    const lock = value.getLock();
    // Its own lock lies in its block and needs no handle.
    return {
      block: toPlain(value.block, carriage),
      type: value.type,
      lock: lock.place.block === value.block ? null : encodeLock(lock, carriage),
    };
  },
  decode(data) {
    const { block, type, lock } = data as EncodedValue;
    return new Value(type, admitValue(block), lock === null ? {} : { lock: decodeLock(lock) });
  },
};

const rawArrayHandle: HandleKind<RawArray<TypeCode>> = {
  tag: 'rawArray',
  matches: (value): value is RawArray<TypeCode> => value.constructor === RawArray,
  encode: ({ view, type, length }, carriage) => ({ bytes: encodeBytes(view.buffer, carriage), type, length }),
  decode(data) {
    const { bytes, type, length } = data as EncodedArray;
    return new RawArray(type, { buffer: decodeBytes(bytes), length });
  },
};

const sharedArrayHandle: HandleKind<SharedArray<TypeCode>> = {
  tag: 'sharedArray',
  matches: (value): value is SharedArray<TypeCode> => value.constructor === SharedArray,
  encode: (array, carriage) => ({
    bytes: encodeBytes(array.view.buffer, carriage),
    type: array.type,
    length: array.length,
    lock: encodeLock(array.getLock(), carriage),
  }),
  decode(data) {
    const { bytes, type, length, lock } = data as EncodedArray;
    return new SharedArray(type, { buffer: decodeBytes(bytes), length }, { lock: decodeLock(lock) });
  },
};

/** Everything of this folder that may cross to another process. */
const sharedctypesHandles: readonly HandleKind[] = [rawValueHandle, valueHandle, rawArrayHandle, sharedArrayHandle];

addHandleKinds(sharedctypesHandles, ownFile('sharedctypes/handle-kinds.js').href);
