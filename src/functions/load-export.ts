import { SerializationError } from '../errors/serialization-error.ts';
import { importModule } from '../util/import-module.ts';
import { knownExport } from './find-function.ts';
import type { FunctionRef } from './function-ref.ts';
import { GLOBAL } from './intrinsics.ts';
import { withoutDeadlock } from './unfinished-module.ts';

const loaded = new Map<string, object>();

/** What a reference names, if its module is loaded here already. */
export function tryLoadedExport(ref: FunctionRef): unknown {
  if (ref.module === GLOBAL) return walk(globalThis, ref.export.split('.'));
  const known = knownExport(ref);
  if (known !== undefined) return known;
  const namespace = loaded.get(ref.module);
  return namespace && memberOf(namespace, ref.export);
}

/**
 * Imports the module of a reference and resolves to what it names. Rejects as the import does, and with a
 * SerializationError if the module has no such export.
 */
export async function loadExport(ref: FunctionRef): Promise<unknown> {
  const found = tryLoadedExport(ref);
  if (found !== undefined) return found;
  const importing = importModule(ref.module).then((namespace) => {
    loaded.set(ref.module, namespace);
    return { member: memberOf(namespace, ref.export), namespace };
  });
  const { member, namespace } = await withoutDeadlock(importing, ref);
  if (member === undefined) {
    throw new SerializationError(
      `Cannot find export "${ref.export}" of "${ref.module}": the module has ${Object.keys(namespace).join(', ') || 'no exports'}; export it by that name`,
      ref.export,
    );
  }
  return member;
}

/** The namespace of a module that is loaded here already. */
export function tryNamespace(url: string): object | undefined {
  return loaded.get(url);
}

/** Imports a module for some of its exports; where it is still being evaluated, only these are there. */
export async function loadNamespace(url: string, names: readonly string[]): Promise<object> {
  const members = await Promise.all(names.map((name) => loadExport({ module: url, export: name })));
  return loaded.get(url) ?? Object.fromEntries(names.map((name, i) => [name, members[i]]));
}

/** As `loadExport`, and a TypeError if it is no function. */
export async function loadFunction(ref: FunctionRef): Promise<(...args: unknown[]) => unknown> {
  const member = await loadExport(ref);
  if (typeof member === 'function') return member as (...args: unknown[]) => unknown;
  throw new TypeError(
    `Cannot call export "${ref.export}" of "${ref.module}": it is ${member === null ? 'null' : `of type ${typeof member}`}; export a function`,
  );
}

/** `a.b` is an export of that very name, else member b of export a. What loaders make of CommonJS's default is tried too. */
function memberOf(namespace: object, path: string): unknown {
  const exact = (namespace as Record<string, unknown>)[path];
  if (exact !== undefined) return exact;
  const [first, ...rest] = path.split('.');
  const found = walk(namespace, [first as string, ...rest]);
  return found === undefined && first === 'default' && rest.length > 0 ? walk(namespace, rest) : found;
}

function walk(from: unknown, keys: readonly string[]): unknown {
  let value = from;
  for (const key of keys) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
