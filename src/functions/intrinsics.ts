import { currentRealm } from '../util/realm.ts';

/** The "module" of functions that every process has without an import. */
export const GLOBAL = 'global:';

let paths: Map<unknown, string> | undefined;
/** Those of the same paths in another realm. */
const pathsOfRealms = new WeakMap<object, Map<unknown, string>>();

/** `Object.defineProperty`, `Array.prototype.slice`, `console.log`: how something of the language or of Node is called everywhere. */
export function intrinsicPath(fn: object): string | undefined {
  paths ??= findIntrinsics(globalThis);
  return paths.get(fn) ?? pathsIn(currentRealm(), new Set(paths.values())).get(fn);
}

/** A realm may have globals that no other process has. */
function pathsIn(realm: typeof globalThis, known: ReadonlySet<string>): ReadonlyMap<unknown, string> {
  let found = pathsOfRealms.get(realm);
  if (!found) {
    found = new Map([...findIntrinsics(realm)].filter(([, path]) => known.has(path)));
    pathsOfRealms.set(realm, found);
  }
  return found;
}

const NAMESPACES: readonly string[] = ['Atomics', 'console', 'Intl', 'JSON', 'Math', 'Reflect', 'WebAssembly'];

/** Functions of the global object, of what it holds, and of the prototypes there. A user may have put others there. */
function findIntrinsics(realm: typeof globalThis): Map<unknown, string> {
  const found = new Map<unknown, string>();
  for (const [name, value] of members(realm)) {
    if (typeof value === 'function') found.set(value, name);
    if (typeof value !== 'function' && !NAMESPACES.includes(name)) continue;
    for (const [key, member] of members(value)) {
      if (typeof member === 'function' && !found.has(member)) found.set(member, `${name}.${key}`);
      if (key !== 'prototype') continue;
      for (const [method, fn] of members(member)) {
        if (typeof fn === 'function' && !found.has(fn)) found.set(fn, `${name}.prototype.${method}`);
      }
    }
  }
  for (const fn of found.keys()) if (/^bound /.test((fn as { name: string }).name)) found.delete(fn);
  return found;
}

/** Own members that are objects or functions; no getter is run. */
function members(holder: object): Array<[name: string, value: object]> {
  return Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([name, { value }]) =>
    Object(value) === value && !name.includes('.') ? [[name, value as object] as [string, object]] : [],
  );
}
