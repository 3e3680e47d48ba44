import { SerializationError } from '../errors/serialization-error.ts';
import { Cells } from '../functions/cells.ts';
import type { ClosureData } from '../functions/closure-data.ts';
import { tryFindFunction } from '../functions/find-function.ts';
import { type FunctionRef, isFunctionRef } from '../functions/function-ref.ts';
import { loadFunction, tryLoadedExport } from '../functions/load-export.ts';
import { completeClosure, createClass, createClosure, isClosureData, prepareClosure } from '../functions/rebuild.ts';
import { isLocalClass, sendFunction } from '../functions/send-function.ts';
import { DamagedMessageError } from './damaged-message.ts';
import type { EncodeContext, Kind } from './kind.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** Captured variables are shared by the functions of one value, whatever else crosses with it. */
const cells = new WeakMap<EncodeContext, Map<unknown, Cells>>();

function cellsOf(message: EncodeContext): Cells {
  const parts = cells.get(message) ?? new Map<unknown, Cells>();
  cells.set(message, parts);
  const found = parts.get(message.part) ?? new Cells();
  parts.set(message.part, found);
  return found;
}

/** What is thrown takes data along, and no code: errors of libraries hold functions that hold half the program. */
function send(fn: AnyFunction, path: string, message: EncodeContext): FunctionRef | ClosureData {
  if (!message.thrownIn) return sendFunction(fn, cellsOf(message), path);
  const found = tryFindFunction(fn);
  if (found) return found;
  throw new SerializationError(
    `Cannot send ${path}: a function that no module exports does not leave with an error`,
    path,
  );
}

function checked(data: ClosureData): ClosureData {
  if (!isClosureData(data)) throw new DamagedMessageError('a function lacks a part');
  return data;
}

/** A function anywhere in a value: the other side imports it, or makes it again from its source and what that captures. */
export const functionKind: Kind<AnyFunction, FunctionRef | ClosureData> = {
  tag: 'function',
  matches: (value) => typeof value === 'function',
  encode: send,
  create(data) {
    if (!isFunctionRef(data)) return createClosure(checked(data));
    const loaded = tryLoadedExport(data);
    return typeof loaded === 'function' ? (loaded as AnyFunction) : loadFunction(data);
  },
  fill(value, data) {
    if (!isFunctionRef(data)) completeClosure(value, data);
  },
};

/** A class that no module exports: its definition is run again, once it has what it needs for that. */
export const localClassKind: Kind<AnyFunction, ClosureData> = {
  tag: 'class',
  matches: (value) => typeof value === 'function' && isLocalClass(value),
  // What is a local class is sent as one.
  encode: (value, path, message) => send(value, path, message) as ClosureData,
  late: {
    prepare: (data) => prepareClosure(checked(data)),
    needs: ({ eager, eagerCells }) => [eager, eagerCells],
  },
  create: createClass,
  fill: completeClosure,
};
