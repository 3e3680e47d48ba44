import { types } from 'node:util';

const HOLDERS: ReadonlyArray<(value: unknown) => boolean> = [
  types.isMap,
  types.isSet,
  types.isPromise,
  types.isDate,
  types.isRegExp,
  types.isAnyArrayBuffer,
  types.isArrayBufferView,
  types.isWeakMap,
  types.isWeakSet,
  types.isBoxedPrimitive,
  types.isNativeError,
  types.isArgumentsObject,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isSetIterator,
  types.isExternal,
  Array.isArray,
];

/** True for what the engine made with contents that properties do not tell, whatever prototype it has now. */
export function hasHiddenState(value: object): boolean {
  return HOLDERS.some((isHolder) => isHolder(value));
}
