import type * as Acorn from 'acorn';
import type { ImportSource } from './closure-data.ts';
import { type Binding, isSettled } from './scope.ts';
import { isImportable, nameOf, type ParsedScript } from './script.ts';
import type { Node } from './syntax.ts';
import { isShared, isTransformed, viteImport } from './transformed-module.ts';

/** Where other processes get a variable from, instead of its value; without a name, it is what the source stands for. */
export interface ImportedVariable {
  readonly source: ImportSource;
  readonly name?: string;
  /** Other processes have no such module: what it exports travels by value. */
  readonly isHereOnly?: boolean;
}

/**
 * An imported variable, one that its own module exports, or one that was given what `require('…')` or `await import('…')`
 * returned; undefined for all others.
 */
export function importedVariable(binding: Binding, { exports, script }: ParsedScript): ImportedVariable | undefined {
  if (binding.kind === 'import') return declaredImport(binding);
  const exported = binding.scope.parent ? undefined : exports.get(binding.name);
  if (exported !== undefined && isImportable(script)) {
    return { source: { from: 'import', specifier: script.url, names: [exported] }, name: exported };
  }
  if (!binding.init || !isSettled(binding)) return undefined;
  const source = sourceOf(binding.init, binding);
  if (!source) return undefined;
  const isHereOnly = 'specifier' in source && isTransformed(script) && !isShared(source.specifier, script);
  return { source, isHereOnly };
}

function declaredImport({ id, init }: Binding): ImportedVariable {
  const { specifiers, source, attributes } = init as Acorn.ImportDeclaration;
  const specifier = specifiers.find(({ local }) => local === id) as (typeof specifiers)[number];
  const from = { from: 'import', specifier: String(source.value), ...withAttributes(attributes) } as const;
  if (specifier.type === 'ImportNamespaceSpecifier') return { source: { ...from, names: [] } };
  const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported);
  return { source: { ...from, names: [name] }, name };
}

function withAttributes(attributes: readonly Acorn.ImportAttribute[] = []): {
  attributes?: Readonly<Record<string, string>>;
} {
  if (attributes.length === 0) return {};
  return { attributes: Object.fromEntries(attributes.map(({ key, value }) => [nameOf(key), String(value.value)])) };
}

/** What TypeScript and esbuild put around `require`, and what it makes of a module. */
const INTEROP: Readonly<Record<string, 'namespace' | 'default'>> = {
  __toESM: 'namespace',
  __importStar: 'namespace',
  __importDefault: 'default',
  _interopRequireWildcard: 'namespace',
  _interopRequireDefault: 'default',
};

function sourceOf(init: Node, binding: Binding): ImportSource | undefined {
  if (init.type === 'AwaitExpression' && init.argument.type === 'ImportExpression') {
    const specifier = textOf(init.argument.source);
    return specifier === undefined || init.argument.options ? undefined : { from: 'import', specifier, names: [] };
  }
  const transformed = viteImport(init);
  if (transformed !== undefined) return { from: 'import', specifier: transformed, names: [] };
  const { name, argument } = callOf(init);
  if (name === undefined || argument === undefined) return undefined;
  const specifier = textOf(argument);
  if (name === 'require' && specifier !== undefined && !binding.scope.resolve('require')) {
    return { from: 'require', specifier };
  }
  if (name === 'createRequire') return isOwnPlace(argument) ? { from: 'createRequire' } : undefined;
  const interop = INTEROP[name];
  const inner = interop && sourceOf(argument, binding);
  return interop && inner?.from === 'require' ? { ...inner, interop } : undefined;
}

function callOf(node: Node): { name?: string; argument?: Node } {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return {};
  const [argument] = node.arguments;
  return { name: node.callee.name, ...(argument && { argument }) };
}

/** `import.meta.url`, `import.meta.filename`, `__filename` */
function isOwnPlace(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === '__filename';
  return node.type === 'MemberExpression' && node.object.type === 'MetaProperty';
}

function textOf(node: Node): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
