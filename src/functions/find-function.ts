import { createFunctionRef, type FunctionRef, isFunctionRef } from './function-ref.ts';
import { type FunctionLocation, InspectorProbe } from './inspector-probe.ts';
import { GLOBAL, intrinsicPath } from './intrinsics.ts';
import { exportsOf, exportsWithNative, localNamesOfExports, type ModuleExports } from './module-exports.ts';

/** Every exported function and class seen so far. One look into a module serves all that it exports. */
const known = new WeakMap<object, FunctionRef>();
/** The same the other way round, for classes of errors that come back: URL, then export path. */
const knownModules = new Map<string, ReadonlyMap<string, object>>();

/** The reference of an exported function or class. */
export function tryFindFunction(fn: object): FunctionRef | undefined {
  const found = lookUp(fn);
  return isFunctionRef(found) ? found : undefined;
}

/** The reference of an exported function or class; else where it was defined, or a clause that says why V8 does not tell. */
export function lookUp(fn: object): FunctionRef | FunctionLocation | string {
  const reference = known.get(fn);
  if (reference) return reference;
  let location: FunctionLocation | undefined;
  try {
    location = InspectorProbe.probe((probe) => probe.locate(fn));
  } catch (error) {
    return `cannot be looked up, because ${whyNoInspector(error as NodeJS.ErrnoException)}; pass ref(module).name`;
  }
  if (location) rememberExports(exportsOf(location, fn));
  if (!known.has(fn) && (!location || location.script.url.startsWith('node:'))) {
    const path = intrinsicPath(fn);
    if (path !== undefined) known.set(fn, createFunctionRef(GLOBAL, path));
    else if (!location) rememberExports(exportsWithNative(fn));
  }
  return known.get(fn) ?? location ?? 'is native or bound, so that it has no source; wrap it in a function of your own';
}

function whyNoInspector({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_ACCESS_DENIED') return "--permission keeps V8's inspector from this program";
  return `V8's inspector is not available (${message})`;
}

/** An exported value of a module that was looked into before, without importing it. */
export function knownExport({ module, export: name }: FunctionRef): object | undefined {
  return knownModules.get(module)?.get(name);
}

/** Files the exports of a module that is loaded here, and perhaps not evaluated to its end. Slow: it searches the heap. */
export function rememberModule(url: string): void {
  try {
    const fn = InspectorProbe.probe((probe) => probe.findFunctionIn(url, localNamesOfExports));
    if (fn) lookUp(fn);
  } catch {
    // No inspector: nothing is known of the module.
  }
}

/** Files all exports of a module. */
function rememberExports(exports: ModuleExports | undefined): void {
  if (!exports) return;
  knownModules.set(exports.url, exports.values);
  for (const [path, value] of exports.values) {
    if (typeof value === 'function' && !known.has(value)) known.set(value, createFunctionRef(exports.url, path));
  }
}
