import { SerializationError } from '../errors/serialization-error.ts';
import { capture, describeFunction } from './capture.ts';
import type { Cells } from './cells.ts';
import type { ClosureData } from './closure-data.ts';
import { lookUp, tryFindFunction } from './find-function.ts';
import { type FunctionRef, isFunctionRef } from './function-ref.ts';
import { sentBefore } from './rebuild.ts';
import { settledLocation } from './settled.ts';

/**
 * What a function or class is sent as: module and export where one exports it, else its source with what that captures.
 * Throws a SerializationError at `path` if it is neither found nor can be made again.
 */
export function sendFunction(fn: object, cells: Cells, path: string): FunctionRef | ClosureData {
  const refuse = (why: string): never => {
    throw new SerializationError(`Cannot send ${path}: ${describeFunction(fn)} ${why}`, path);
  };
  const before = sentBefore(fn, refuse);
  if (before) return before;
  const found = settledLocation(fn) ?? lookUp(fn);
  if (typeof found === 'string') return refuse(found);
  return isFunctionRef(found) ? found : capture(fn, found, cells, path);
}

/** True for a class that no module exports. */
export function isLocalClass(fn: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn)) && !tryFindFunction(fn);
}
