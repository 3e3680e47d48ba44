import { findFunction } from './find-function.ts';
import type { FunctionRef } from './function-ref.ts';
import type { Kind } from './kind.ts';
import { loadFunction, tryLoadedExport } from './load-export.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** An exported function or class anywhere in a value: the other side imports it. */
export const functionKind: Kind<AnyFunction, FunctionRef> = {
  tag: 'function',
  matches: (value) => typeof value === 'function',
  encode: (value, path) => findFunction(value, path),
  create(ref) {
    const loaded = tryLoadedExport(ref);
    return typeof loaded === 'function' ? (loaded as AnyFunction) : loadFunction(ref);
  },
};
