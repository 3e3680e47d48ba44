import { types } from 'node:util';
import { SerializationError } from '../errors/serialization-error.ts';
import { type Kind, kindOf } from './kind.ts';

/** What the codec has to do for a value: structured clone carries it, carries it but for what is inside, or a kind does. */
export type Finding = 'plain' | 'container' | Kind;

/** Classifies anything but a leaf. Throws a SerializationError at `path` if nothing can carry it. */
export function classify(value: unknown, path: { toString(): string }): Finding {
  if (typeof value === 'object' && value !== null && !types.isProxy(value)) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return 'container';
    if (prototype === Map.prototype || prototype === Set.prototype) return 'container';
    if (isPlain(value, prototype)) return 'plain';
  }
  if ((typeof value === 'object' || typeof value === 'function') && value !== null && !types.isProxy(value)) {
    const kind = kindOf(value);
    if (kind) return kind;
  }
  throw refusal(value, path.toString());
}

function isPlain(value: object, prototype: object): boolean {
  if (types.isArrayBufferView(value)) return prototype === Buffer.prototype || isIntrinsic(prototype);
  if (types.isBoxedPrimitive(value)) return isIntrinsic(prototype) && !types.isSymbolObject(value);
  return (types.isDate(value) || types.isRegExp(value) || types.isArrayBuffer(value)) && isIntrinsic(prototype);
}

/** True for `Date.prototype` and its like, false for that of a subclass. */
function isIntrinsic(prototype: { constructor?: unknown }): boolean {
  const { constructor } = prototype;
  if (typeof constructor !== 'function') return false;
  return (globalThis as Record<string, unknown>)[constructor.name] === constructor;
}

function refusal(value: unknown, path: string): SerializationError {
  const name = nameOf(value);
  return new SerializationError(
    `Cannot send ${path}: a ${name} cannot leave its process; ${ADVICE[name] ?? 'send plain data instead'}`,
    path,
  );
}

function nameOf(value: unknown): string {
  if (typeof value === 'symbol') return 'symbol';
  if (types.isProxy(value)) return 'Proxy';
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'object of an anonymous class';
}

const ADVICE: Readonly<Record<string, string>> = {
  Promise: 'await it first',
  Proxy: 'send a plain copy, such as { ...object }',
  SharedArrayBuffer: 'it is shared by the threads of one process; send a copy of its bytes',
  WeakMap: 'send a Map',
  WeakSet: 'send a Set',
  symbol: 'send a string',
};
