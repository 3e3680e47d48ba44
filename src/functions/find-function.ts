import { SerializationError } from '../errors/serialization-error.ts';
import { createFunctionRef, type FunctionRef, isFunctionRef, type Target } from './function-ref.ts';
import { type FunctionLocation, InspectorProbe } from './inspector-probe.ts';
import { exportsOf, localNamesOfExports } from './module-exports.ts';

/** Every exported function and class seen so far. One look into a module serves all that it exports. */
const known = new WeakMap<object, FunctionRef>();
/** The same the other way round, for classes of errors that come back: URL, then export path. */
const knownModules = new Map<string, ReadonlyMap<string, object>>();

/** The reference of an exported function or class. Throws a SerializationError at `path` if no module exports it. */
export function findFunction(fn: object, path: string): FunctionRef {
  const found = tryFindFunction(fn);
  if (typeof found !== 'string') return found;
  const name = (fn as { name?: unknown }).name;
  throw new SerializationError(`Cannot send ${path}: ${describe(fn, name)} ${found}`, path);
}

/** The reference, or a clause that says why there is none and what to do. */
export function tryFindFunction(fn: object): FunctionRef | string {
  return known.get(fn) ?? lookUp(fn);
}

/** What a task's function is sent as. Throws a TypeError if it is neither a function nor a reference. */
export function toFunctionRef(target: Target, path: string): FunctionRef {
  if (typeof target === 'function') return findFunction(target, path);
  if (isFunctionRef(target)) return createFunctionRef(target.module, target.export);
  throw new TypeError(`Cannot use ${path}: ${typeof target} is no function; pass a function, or ref(module).name`);
}

/** An exported value of a module that was looked into before, without importing it. */
export function knownExport({ module, export: name }: FunctionRef): object | undefined {
  return knownModules.get(module)?.get(name);
}

/** Files the exports of a module that is loaded here, and perhaps not evaluated to its end. Slow: it searches the heap. */
export function rememberModule(url: string): void {
  try {
    const fn = InspectorProbe.probe((probe) => probe.findFunctionIn(url, localNamesOfExports));
    if (fn) rememberModuleOf(fn);
  } catch {
    // No inspector: nothing is known of the module.
  }
}

function lookUp(fn: object): FunctionRef | string {
  const failure = rememberModuleOf(fn);
  return known.get(fn) ?? failure ?? 'is not exported by its module; export it, or pass ref(module).name';
}

/** Files all exports of the function's module; returns why that was not possible. */
function rememberModuleOf(fn: object): string | undefined {
  let location: FunctionLocation | undefined;
  try {
    location = InspectorProbe.probe((probe) => probe.locate(fn));
  } catch (error) {
    return `cannot be looked up, because V8's inspector is not available (${(error as Error).message}); pass ref(module).name`;
  }
  if (!location) return 'is native or bound; wrap it in a function that a module exports';
  const exports = exportsOf(location, fn);
  if (!exports) {
    const where = location.url === '' ? 'without a file' : `in "${location.url}"`;
    return `was defined in code ${where}, which no other process can import; move it to a module and export it`;
  }
  knownModules.set(exports.url, exports.values);
  for (const [path, value] of exports.values) {
    if (typeof value === 'function' && !known.has(value)) known.set(value, createFunctionRef(exports.url, path));
  }
  return undefined;
}

function describe(fn: object, name: unknown): string {
  const kind = /^class\b/.test(Function.prototype.toString.call(fn)) ? 'class' : 'function';
  return typeof name === 'string' && name !== '' ? `${kind} "${name}"` : `an anonymous ${kind}`;
}
