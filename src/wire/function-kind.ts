import { findFunction } from '../functions/find-function.ts';
import type { FunctionRef } from '../functions/function-ref.ts';
import { loadFunction, tryLoadedExport } from '../functions/load-export.ts';
import type { Kind } from './kind.ts';

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
