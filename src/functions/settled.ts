import type { ClosureData } from './closure-data.ts';
import { tryFindFunction } from './find-function.ts';
import type { FunctionLocation } from './inspector-probe.ts';

interface Captured {
  readonly location: FunctionLocation;
  readonly data: ClosureData;
}

/** Functions all of whose variables are constants: V8 need not be asked for them again. */
const settled = new WeakMap<object, Captured>();

export function noteSettled(fn: object, captured: Captured): void {
  settled.set(fn, captured);
}

export function settledLocation(fn: object): FunctionLocation | undefined {
  return settled.get(fn)?.location;
}

/** True if a function crosses as the same bytes whenever it is sent: nothing that it has captured can change. */
export function isUnchanging(fn: object, seen: Set<object> = new Set()): boolean {
  if (seen.has(fn)) return true;
  seen.add(fn);
  const captured = settled.get(fn);
  if (!captured) return tryFindFunction(fn) !== undefined;
  const { constants, eager, prototype } = captured.data;
  return (
    prototype === undefined &&
    Object.keys(fn).length === 0 &&
    [constants, eager].every((values) =>
      Object.values(values).every((it) => (typeof it === 'function' ? isUnchanging(it, seen) : Object(it) !== it)),
    )
  );
}
