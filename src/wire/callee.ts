import { tryFindFunction } from '../functions/find-function.ts';
import { createFunctionRef, type FunctionRef, isFunctionRef, type Target } from '../functions/function-ref.ts';
import { isUnchanging, settledLocation } from '../functions/settled.ts';
import { encode } from './codec.ts';

/** What a process is told to call: an export, or a function made of the message in `closure`. Plain JSON. */
export interface Callee extends FunctionRef {
  /** The bytes of the function in base64; then `module` is where it was defined, and `export` what it is called. */
  readonly closure?: string;
}

/** Shared objects that closures have captured live as long as what they are sent as. */
const held = new WeakMap<Callee, readonly object[]>();

/**
 * What a task's function is sent as, with the values of captured variables as they are now. Throws a TypeError if it is
 * neither a function nor a reference, and a SerializationError if it cannot cross.
 */
export function toCallee(target: Target, path: string): Callee {
  if (typeof target === 'function') return functionCallee(target, path);
  if (isFunctionRef(target)) return createFunctionRef(target.module, target.export);
  throw new TypeError(`Cannot use ${path}: ${typeof target} is no function; pass a function, or ref(module).name`);
}

/** What closures that never change were sent as. */
const callees = new WeakMap<object, Callee>();

function functionCallee(target: (...args: never[]) => unknown, path: string): Callee {
  const known = callees.get(target);
  if (known && isUnchanging(target)) return known;
  const exported = settledLocation(target) ? undefined : tryFindFunction(target);
  if (exported) return exported;
  const objects: object[] = [];
  const bytes = encode(target, path, { carriage: 'lent', held: objects });
  const callee = { module: 'a closure', export: target.name || 'anonymous', closure: bytes.toString('base64') };
  if (objects.length > 0) held.set(callee, objects);
  if (isUnchanging(target)) callees.set(target, callee);
  return callee;
}
