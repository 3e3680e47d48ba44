import { knownClass, rememberClass } from './class-identity.ts';
import { type Cell, type ClosureCode, type ClosureData, mark } from './closure-data.ts';
import { compileAt } from './compile.ts';
import { loadImports } from './load-imports.ts';
import { membersOf } from './own-members.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** What `closureSource` writes. */
type Factory = (surroundings: { readonly cells: Record<string, Cell>; readonly imports: readonly unknown[] }) => Parts;

interface Parts {
  /** Gives the captured variables their values. */
  set(values: Record<string, unknown>): void;
  make(): AnyFunction;
}

const parts = new WeakMap<ClosureData, Parts>();
/** What every function here was made from that came from another process: it may go on to a third. */
const origins = new WeakMap<object, ClosureData>();

/** Makes the function, whose captured variables get their values later; a promise if something has to be imported. */
export function createClosure(data: ClosureData): AnyFunction | Promise<AnyFunction> {
  const prepared = prepareClosure(data);
  return prepared ? prepared.then(() => make(data)) : make(data);
}

/** Loads what the code imports. A class is not made before what its definition needs is there. */
export function prepareClosure(data: ClosureData): Promise<void> | undefined {
  const imports = loadImports(data.code);
  const prepare = (loaded: readonly unknown[]): void => {
    parts.set(data, factoryOf(data.code)({ cells: data.cells, imports: loaded }));
  };
  if (imports instanceof Promise) return imports.then(prepare);
  prepare(imports);
  return undefined;
}

/** One class is made once in a process, and keeps the static state that it has there. */
export function createClass(data: ClosureData): AnyFunction {
  const known = data.id === undefined ? undefined : knownClass(data.id);
  if (known) return known as AnyFunction;
  parts.get(data)?.set(data.eager);
  const type = make(data);
  if (data.id !== undefined) rememberClass(data.id, type);
  return type;
}

/** Gives the captured variables their values, and the function its properties. */
export function completeClosure(fn: AnyFunction, data: ClosureData): void {
  if (origins.get(fn) !== data) return; // A class that was here before.
  parts.get(data)?.set({ ...data.eager, ...data.constants });
  Object.assign(fn, data.own);
  if (data.prototype) Object.assign(fn.prototype, data.prototype);
}

/** What a function that came from another process is sent on as; undefined for those of this one. */
export function sentBefore(fn: object, refuse: (why: string) => never): ClosureData | undefined {
  const data = origins.get(fn);
  if (!data) return undefined;
  for (const variables of [data.constants, data.eager, data.eagerCells, data.cells]) mark(variables, 'variables');
  return mark({ ...data, ...membersOf(fn, data.code.isClass, refuse) }, 'closure');
}

function make(data: ClosureData): AnyFunction {
  const fn = (parts.get(data) as Parts).make();
  if (Object.getOwnPropertyDescriptor(fn, 'name')?.value !== data.name) {
    Object.defineProperty(fn, 'name', { value: data.name, configurable: true });
  }
  origins.set(fn, data);
  return fn;
}

/** By URL and source. One piece of code makes many functions. */
const factories = new Map<string, Factory>();

const FACTORY_LIMIT = 1000;

function factoryOf({ url, source }: ClosureCode): Factory {
  const key = `${url}\n${source}`;
  const known = factories.get(key);
  if (known) return known;
  const factory = compileAt(url, source) as Factory;
  if (factories.size >= FACTORY_LIMIT) factories.delete(factories.keys().next().value as string);
  factories.set(key, factory);
  return factory;
}

/** True if a value has what every closure that was captured has. */
export function isClosureData({ code, cells, constants, eager, eagerCells }: Partial<ClosureData>): boolean {
  return (
    typeof code?.url === 'string' &&
    typeof code.source === 'string' &&
    Array.isArray(code.imports) &&
    [cells, constants, eager, eagerCells].every((it) => typeof it === 'object' && it !== null)
  );
}
