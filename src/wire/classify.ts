import { types } from 'node:util';
import { SerializationError } from '../errors/serialization-error.ts';
import { classOfPrototype, constructorOf, containerOf, isGlobal } from './constructor-of.ts';
import { type Kind, kindOf, kindOfBuffer } from './kind.ts';
import { isResizable } from './resizable-buffer-kind.ts';
import { isSparse, sparseArrayKind } from './sparse-array-kind.ts';

/** What the codec has to do for a value: structured clone carries it, carries it but for what is inside, or a kind does. */
export type Finding = 'plain' | 'container' | Kind;

/** Classifies anything but a leaf. Throws a SerializationError at `path` if nothing can carry it. */
export function classify(value: unknown, path: { toString(): string }): Finding {
  if (isObject(value) && !types.isProxy(value) && !types.isArgumentsObject(value)) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return 'container';
    if (prototype === Array.prototype) return listOf(value);
    if (prototype === Map.prototype || prototype === Set.prototype) return 'container';
    const bufferKind = ArrayBuffer.isView(value) || types.isArrayBuffer(value) ? kindOfBuffer(value) : undefined;
    if (bufferKind) return bufferKind;
    if (isPlain(value, prototype)) return 'plain';
    const kind = kindOf(value);
    if (kind) return kind;
    if (containerOf(prototype)) return listOf(value); // Of another realm (`node:vm`, Jest).
  }
  throw refusal(value, path.toString());
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function listOf(value: object): Finding {
  return Array.isArray(value) && isSparse(value) ? (sparseArrayKind as Kind<object> as Kind) : 'container';
}

function isPlain(value: object, prototype: object): boolean {
  if (types.isArrayBufferView(value)) {
    return (prototype === Buffer.prototype || isIntrinsic(prototype)) && isOwned((value as ArrayBufferView).buffer);
  }
  if (types.isArrayBuffer(value)) return isIntrinsic(prototype) && isOwned(value) && !isResizable(value);
  if (types.isBoxedPrimitive(value)) return isIntrinsic(prototype) && !types.isSymbolObject(value);
  return (types.isDate(value) || types.isRegExp(value)) && isIntrinsic(prototype);
}

/** Shared and detached memory is not there to be copied. */
function isOwned(buffer: ArrayBufferLike): boolean {
  if (!types.isArrayBuffer(buffer)) return false;
  if (buffer.byteLength > 0) return true;
  try {
    buffer.slice(0);
    return true;
  } catch {
    return false;
  }
}

/** True for `Date.prototype` and its like, false for that of a subclass. */
function isIntrinsic(prototype: object): boolean {
  const type = classOfPrototype(prototype);
  return type !== undefined && isGlobal(type);
}

function refusal(value: unknown, path: string): SerializationError {
  const name = nameOf(value);
  const article = /^[aeiou]/i.test(name) ? 'an' : 'a';
  return new SerializationError(
    `Cannot send ${path}: ${article} ${name} cannot leave its process; ${ADVICE[name] ?? 'send plain data instead'}`,
    path,
  );
}

function nameOf(value: unknown): string {
  if (typeof value === 'symbol') return 'symbol';
  if (types.isProxy(value)) return 'Proxy';
  if (types.isArrayBuffer(value)) return 'detached ArrayBuffer';
  if (types.isArgumentsObject(value)) return 'list of arguments';
  if (types.isArrayBufferView(value)) {
    return types.isSharedArrayBuffer(value.buffer) ? 'view of a SharedArrayBuffer' : 'view of a detached ArrayBuffer';
  }
  const type = constructorOf(value as object);
  if (!type || type === Object) return 'object with a prototype of its own';
  return type.name === '' ? 'object of an anonymous class' : type.name;
}

const DETACHED = 'its memory was transferred away; send it before that';
const SHARED = 'it is shared by the threads of one process; send a copy of its bytes';

const ADVICE: Readonly<Record<string, string>> = {
  Promise: 'await it first',
  Proxy: 'send a plain copy, such as { ...object }',
  SharedArrayBuffer: SHARED,
  'view of a SharedArrayBuffer': SHARED,
  'detached ArrayBuffer': DETACHED,
  'view of a detached ArrayBuffer': DETACHED,
  WeakMap: 'send a Map',
  WeakSet: 'send a Set',
  symbol: 'send a string',
  'list of arguments': 'send [...arguments]',
};
