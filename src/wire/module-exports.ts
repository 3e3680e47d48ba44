import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Lexer from 'es-module-lexer/minimal';
import type { FunctionLocation } from './inspector-probe.ts';

/** How deep into exported objects and classes a function is looked for: `exports.group.member.fn`. */
const DEPTH = 3;

const require = createRequire(import.meta.url);

/** What a loaded module exports: values by export path, and the URL another process imports it by. */
export interface ModuleExports {
  readonly url: string;
  readonly values: ReadonlyMap<string, object>;
}

/**
 * The exports of the module a function was found in.
 *
 * ES modules: the exported names come from the source, their values from the module's scope. The namespace object would
 * be the obvious place, but `import()` of a module that is still evaluating, such as an entry module in a top-level
 * `await pool.map(…)`, settles only after that `await`: a deadlock.
 * CommonJS: `module.exports`, from the cache that `require` keeps.
 */
export function exportsOf(location: FunctionLocation, fn: object): ModuleExports | undefined {
  const { url } = location;
  if (url.startsWith('node:')) {
    const builtin = process.getBuiltinModule?.(url) as object | undefined;
    return builtin && { url, values: reachable(new Map([['default', builtin]])) };
  }
  const isUrl = /^(file|data):/.test(url);
  if (!isUrl && !url.startsWith('/')) return undefined;
  const moduleUrl = isUrl ? url : pathToFileURL(url).href;
  if (location.isModule) return { url: moduleUrl, values: reachable(esModuleExports(location, fn)) };
  const cached = moduleUrl.startsWith('file:') ? require.cache[fileURLToPath(moduleUrl)] : undefined;
  return cached && { url: moduleUrl, values: reachable(new Map([['default', cached.exports as object]])) };
}

function esModuleExports(location: FunctionLocation, fn: object): Map<string, object> {
  // Compiles WebAssembly as it loads, so only where a function is looked up.
  const { parse } = require('es-module-lexer/minimal') as typeof Lexer;
  const values = new Map<string, object>();
  for (const { n: name, ln: localName, e: end } of parse(location.source)[1]) {
    const value = localName === undefined ? undefined : location.moduleVariables.get(localName);
    if (value !== undefined) values.set(name, value);
    // `export default () => …` has no local name to look up: it is our function if nothing but its own head stands between.
    else if (name === 'default' && isFunctionHead(location.source.slice(end, location.offset))) values.set(name, fn);
  }
  return values;
}

function isFunctionHead(text: string): boolean {
  return /^\s*\(*\s*(async\b\s*)?(function\b\s*\*?\s*)?[\w$]*\s*$/.test(text);
}

/** Adds what can be reached through own data properties of exported objects and classes. Runs no getter. */
function reachable(exports: Map<string, object>): Map<string, object> {
  const found = new Map(exports);
  let level = [...exports];
  const seen = new Set<unknown>();
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const next: Array<[string, object]> = [];
    for (const [path, holder] of level) {
      if (seen.has(holder) || !isHolder(holder)) continue;
      seen.add(holder);
      for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
        if (key === 'prototype' || key.includes('.') || (typeof value !== 'function' && !isHolder(value))) continue;
        const inner = `${path}.${key}`;
        if (!found.has(inner)) found.set(inner, value as object);
        next.push([inner, value as object]);
      }
    }
    level = next;
  }
  return found;
}

function isHolder(value: unknown): value is object {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
