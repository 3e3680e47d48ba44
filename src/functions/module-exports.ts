import { builtinModules, createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Lexer from 'es-module-lexer/minimal';
import { isObjectPrototype } from '../util/realm.ts';
import type { FunctionLocation } from './inspector-probe.ts';
import { isEvaluated, parseScript, type Script } from './script.ts';

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
  const { script } = location;
  const { url } = script;
  if (url.startsWith('node:')) return builtinExports(url, fn);
  const isUrl = /^(file|data):/.test(url);
  if ((!isUrl && !url.startsWith('/')) || isEvaluated(url)) return undefined;
  const moduleUrl = isUrl ? url : pathToFileURL(url).href;
  if (script.isModule) return { url: moduleUrl, values: reachable(esModuleExports(location, fn)) };
  const cached = moduleUrl.startsWith('file:') ? require.cache[fileURLToPath(moduleUrl)] : undefined;
  return cached && { url: moduleUrl, values: commonJsExports(cached.exports, fn) };
}

/** Bundlers and TypeScript export by getters; they are run only if the function is nowhere else. */
function commonJsExports(exports: object, fn: object): Map<string, object> {
  const values = reachable(new Map([['default', exports]]));
  if ([...values.values()].includes(fn) || !isHolder(exports)) return values;
  for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (get && !key.includes('.') && tryGet(exports, key) === fn) values.set(`default.${key}`, fn);
  }
  return values;
}

function tryGet(holder: object, key: string): unknown {
  try {
    return (holder as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Modules of Node that cannot be loaded without a warning, or are none of the public ones. */
const UNUSUAL = /^_|^(inspector|punycode|repl|sys|test|trace_events|wasi)\b/;

/** Much of what `node:crypto` and others export is defined in an internal module: then it is looked for in all public ones. */
function builtinExports(url: string, fn: object): ModuleExports | undefined {
  const others = builtinModules.filter((name) => !UNUSUAL.test(name)).map((name) => `node:${name}`);
  for (const name of url.startsWith('node:internal/') ? others : [url]) {
    const builtin = process.getBuiltinModule?.(name) as object | undefined;
    const values = builtin && reachable(new Map([['default', builtin]]));
    if (values && [...values.values()].includes(fn)) return { url: name, values };
  }
  return undefined;
}

/** The same for a function that V8 knows no place of: native ones, such as `types.isMap`, hang on modules of Node, too. */
export function exportsWithNative(fn: object): ModuleExports | undefined {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' && name.startsWith('bound ') ? undefined : builtinExports('node:internal/', fn);
}

/** The lexer compiles WebAssembly as it loads, so it is loaded only where a function is looked up. */
function exportsIn(source: string): readonly Lexer.ExportSpecifier[] {
  const { parse } = require('es-module-lexer/minimal') as typeof Lexer;
  return parse(source)[1];
}

type Specifier = Pick<Lexer.ExportSpecifier, 'n' | 'ln' | 'e'>;

const specifiers = new WeakMap<Script, readonly Specifier[]>();

/**
 * The exported names. Each parser costs some milliseconds to load: of a function that no variable of the module holds, which
 * is most likely a closure, the tree is needed anyway, so no lexer is.
 */
function specifiersOf(script: Script, isVariable: boolean): readonly Specifier[] {
  const known = specifiers.get(script);
  if (known) return known;
  const { source } = script;
  const isInTree = !isVariable && !/\bdefault\b/.test(source);
  const found = !/\bexport\b/.test(source) ? [] : (isInTree && tryExportsInTree(script)) || exportsIn(source);
  specifiers.set(script, found);
  return found;
}

function tryExportsInTree(script: Script): readonly Specifier[] | undefined {
  try {
    return Array.from(parseScript(script).exports, ([ln, n]) => ({ n, ln, e: 0 }));
  } catch {
    return undefined; // Syntax that is newer than the parser.
  }
}

export function localNamesOfExports(source: string): Set<string> {
  const names = exportsIn(source).map(({ ln }) => ln);
  return new Set(names.filter((name) => name !== undefined));
}

function esModuleExports(location: FunctionLocation, fn: object): Map<string, object> {
  const values = new Map<string, object>();
  const variables = location.scopes.find(({ description }) => description === 'Module')?.variables ?? {};
  const isVariable = Object.keys(variables).some((name) => tryGet(variables, name) === fn);
  for (const { n: name, ln: localName, e: end } of specifiersOf(location.script, isVariable)) {
    const value = localName === undefined ? undefined : tryGet(variables, localName);
    if (typeof value === 'function' || (typeof value === 'object' && value !== null)) values.set(name, value);
    // No scope shows what `export default` without a name of its own stands for.
    else if (name === 'default' && isDefaultExport(location, end)) values.set(name, fn);
  }
  return values;
}

/** True if the function located is what is exported by an `export default` whose last letter is before `end`. */
function isDefaultExport({ script: { source }, offset }: FunctionLocation, end: number): boolean {
  if (offset >= end && isFunctionHead(source.slice(end, offset))) return true;
  const name = /^\s*([A-Za-z_$][\w$]*)\s*(;|\n|\/[/*]|$)/.exec(source.slice(end))?.[1];
  if (name === undefined) return false;
  // `const run = () => …; export default run`: with one declaration of that name, it is the function that stands there.
  const declarations = [
    ...source.matchAll(
      new RegExp(`\\b(function\\b\\s*\\*?|class|const|let|var)\\s+${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'),
    ),
  ];
  const [only] = declarations;
  if (!only || declarations.length > 1) return false;
  if (only[1] === 'class') return offset === only.index;
  const after = only.index + only[0].length;
  if (only[1]?.startsWith('function')) return offset === after;
  return offset > after && isFunctionHead(source.slice(after, offset).replace(/^\s*=/, ''));
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
  return prototype === null || isObjectPrototype(prototype);
}
