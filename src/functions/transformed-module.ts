import { createRequire } from 'node:module';
import type { Replacement } from './closure-source.ts';
import { fileOf } from './compile.ts';
import type { FreeVariable } from './function-syntax.ts';
import type { Reference } from './scope.ts';
import type { Script } from './script.ts';
import { childrenOf, type Node } from './syntax.ts';

/**
 * Test runners run modules that no loader of Node has seen: Jest by a `require` of its own, vitest in a function around the
 * module. Other processes cannot load what those made of a project's files, so what a module of the project exports
 * travels by value; packages and modules of Node are imported.
 */

/** What Vite makes of the parts of a module that only a module can have. */
const VITE_IMPORT = '__vite_ssr_import__';
const VITE_META = '__vite_ssr_import_meta__';
const VITE_DYNAMIC_IMPORT = '__vite_ssr_dynamic_import__';

const require = createRequire(import.meta.url);

/** True for what looks like CommonJS and was not loaded as such. */
export function isTransformed({ url, isModule }: Script): boolean {
  if (isModule || !/^(file:|\/)/.test(url)) return false;
  return require.cache[fileOf(url)] === undefined;
}

/** The specifier in `await __vite_ssr_import__("…")`; of a package it is a path. */
export function viteImport(init: Node): string | undefined {
  if (init.type !== 'AwaitExpression' || init.argument.type !== 'CallExpression') return undefined;
  const { callee, arguments: list } = init.argument;
  if (callee.type !== 'Identifier' || callee.name !== VITE_IMPORT) return undefined;
  const [specifier] = list;
  return specifier?.type === 'Literal' ? pathOf(String(specifier.value)) : undefined;
}

function pathOf(specifier: string): string {
  return specifier.replace(/^\/@fs(?=\/)|^\/@id\/__vite-browser-external:/, '');
}

/** What a parameter of the function around a module stands for; undefined for all other variables. */
export function viteParameter({ name, binding }: FreeVariable): 'import.meta' | 'import()' | undefined {
  if (binding?.kind !== 'parameter') return undefined;
  if (name === VITE_META) return 'import.meta';
  return name === VITE_DYNAMIC_IMPORT ? 'import()' : undefined;
}

/** Calls of `import()` as they were; the specifier of one that only the test runner can load. */
export function originalImports(
  root: Node,
  references: readonly Reference[],
  script: Script,
): readonly Replacement[] | string {
  const changes: Replacement[] = [];
  const callees = new Set<Node>(references.map(({ id }) => id));
  const visit = (node: Node): string | undefined => {
    if (node.type === 'CallExpression' && callees.has(node.callee)) {
      const [argument] = node.arguments;
      const specifier = argument?.type === 'Literal' ? pathOf(String(argument.value)) : undefined;
      if (!argument || specifier === undefined || !isShared(specifier, script)) {
        return script.source.slice(argument?.start, argument?.end);
      }
      const { start, end } = node.callee;
      changes.push({ start, end, text: 'import' });
      changes.push({ start: argument.start, end: argument.end, text: JSON.stringify(specifier) });
    }
    for (const child of childrenOf(node)) {
      const refused = visit(child);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
  return visit(root) ?? changes;
}

/** True if any process can load what a transformed module imports by this specifier. */
export function isShared(specifier: string, { url }: Script): boolean {
  if (specifier.includes('/node_modules/')) return true;
  if (/^[./]/.test(specifier)) return false;
  try {
    createRequire(fileOf(url)).resolve(specifier);
    return true;
  } catch {
    return false; // An alias of the runner's own.
  }
}

/** Of a module's exports only those that the references name, if all name one. Throws what a getter throws. */
export function usedMembers(exports: unknown, references: readonly Reference[], root: Node): unknown {
  if (typeof exports !== 'object' || exports === null) return exports;
  const members = new Map<Node, string>();
  const visit = (node: Node): void => {
    const name = node.type === 'MemberExpression' ? memberName(node.property, node.computed) : undefined;
    if (node.type === 'MemberExpression' && name !== undefined) members.set(node.object, name);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  const names = references.map(({ id }) => members.get(id));
  if (names.some((name) => name === undefined)) return exports;
  return Object.fromEntries(names.map((name) => [name, (exports as Record<string, unknown>)[name as string]]));
}

function memberName(property: Node, isComputed: boolean): string | undefined {
  if (!isComputed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}
