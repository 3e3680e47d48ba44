import type { FunctionSyntax } from './function-syntax.ts';
import type { Reference } from './scope.ts';
import { childrenOf, isMethod, type Node } from './syntax.ts';

/** How the source of a closure gets at one of its variables. */
export type Access =
  /** A variable of the factory, of the same name. */
  | { readonly by: 'value'; readonly name: string; readonly references: readonly Reference[] }
  /** `cell.value`, where functions share what they assign to. */
  | { readonly by: 'cell'; readonly name: string; readonly references: readonly Reference[] }
  /** A module, or what it exports. */
  | {
      readonly by: 'import';
      readonly name: string;
      readonly index: number;
      readonly member: string | undefined;
      /** Read anew each time: what a module exports may change. Of functions and classes that is not assumed. */
      readonly isLive: boolean;
      readonly references: readonly Reference[];
    }
  /** No variable at all, but syntax that a test runner has rewritten: what it was. */
  | { readonly by: 'syntax'; readonly name: string; readonly changes: readonly Replacement[] };

/** Names that CommonJS has, and a module has not. */
const COMMON_JS = ['require', 'module', 'exports', '__filename', '__dirname'];

/**
 * The factory of a function as CommonJS source: it takes cells and imports, and returns how to make the function, and how
 * to set the values of the others. Its lines are where they were in the script, its columns too on lines without rewritten names.
 */
export function closureSource(syntax: FunctionSyntax, accesses: readonly Access[], meta: number | undefined): string {
  const { node, parsed, isStrict } = syntax;
  const { source, isModule, url } = parsed.script;
  const own = freshName(source);
  const { start, head, tail } = frame(syntax);
  const values = accesses.flatMap((it) => (it.by === 'value' ? [it.name] : []));
  const fixed = accesses.flatMap((it) => (it.by === 'import' && !it.isLive ? [it] : []));
  const taken = new Set([...values, ...fixed.map(({ name }) => name)]);
  const hidden = isModule ? COMMON_JS.filter((name) => !taken.has(name)) : [];
  const prelude = [
    `module.exports = function (${own}) {`,
    ...fixed.map((it) => `const ${it.name} = ${imported(it, own)};`),
    ...(values.length + hidden.length > 0 ? [`let ${[...values, ...hidden].join(', ')};`] : []),
    `return { set: (${own}) => { ${values.map((name) => `${name} = ${own}.${name};`).join(' ')} }, make: () => (${head}`,
  ].join(' ');
  const beginnings = statementBeginnings(node);
  const text = rewrite(source, start, node.end, [
    ...accesses.flatMap((access) => replacements(access, own, source, beginnings)),
    ...(meta === undefined ? [] : syntax.metas.map((it) => ({ ...it, text: `${own}.imports[${meta}]` }))),
  ]);
  const directive = isStrict ? '"use strict";' : '';
  const comments = `${isModule ? `//# sourceURL=${url}\n` : ''}${sourceMapComment(source)}`;
  return `${placed(source, start, directive, prelude)}${text}\n${tail}) }; };\n${comments}`;
}

/** Where the text to keep starts, and what makes an expression of it. */
function frame({ node }: FunctionSyntax): { start: number; head: string; tail: string } {
  if (!isMethod(node)) return { start: node.start, head: '', tail: '' };
  const { start, async: isAsync, generator } = node.value as Extract<Node, { type: 'FunctionExpression' }>;
  // Only its code counts; its name is set later.
  return { start, head: `{ ${isAsync ? 'async ' : ''}${generator ? '*' : ''}m `, tail: '}.m' };
}

/** The prelude before the text, and as many lines and spaces as bring the text where it was. */
function placed(source: string, start: number, directive: string, prelude: string): string {
  const before = source.slice(0, start).split(/\r\n|[\n\r\u2028\u2029]/);
  const column = before.at(-1)?.length ?? 0;
  const line = before.length - 1;
  // On the first line there must be room for it; in what a bundler has joined to one line there is.
  if (line === 0) return `${directive}${prelude}`.padEnd(column);
  return `${directive}${'\n'.repeat(line - 1)}${prelude}\n${' '.repeat(column)}`;
}

/** Where statements in a list begin: before a bracket there, the line before is to have ended. */
function statementBeginnings(node: Node, found: Set<number> = new Set()): ReadonlySet<number> {
  const list =
    node.type === 'SwitchCase' ? node.consequent : 'body' in node && Array.isArray(node.body) ? node.body : [];
  for (const it of list) if (it.type === 'ExpressionStatement') found.add(it.start);
  for (const child of childrenOf(node)) statementBeginnings(child, found);
  return found;
}

function imported({ index, member }: Extract<Access, { by: 'import' }>, own: string): string {
  return `${own}.imports[${index}]${member === undefined ? '' : `[${JSON.stringify(member)}]`}`;
}

/** Text in the place of a part of the source. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function replacements(access: Access, own: string, source: string, beginnings: ReadonlySet<number>): Replacement[] {
  if (access.by === 'syntax') return [...access.changes];
  if (access.by === 'value' || (access.by === 'import' && !access.isLive)) return [];
  const target = access.by === 'cell' ? `${own}.cells.${access.name}.value` : imported(access, own);
  return access.references.map(({ id, isShorthand }) => {
    // A call must not get the namespace or the cell for its `this`.
    const isCalled = /^\s*(\?\.\s*)?[(`]/.test(source.slice(id.end, id.end + 100));
    const text = isCalled ? `${beginnings.has(id.start) ? ';' : ''}(0, ${target})` : target;
    return { start: id.start, end: id.end, text: isShorthand ? `${access.name}: ${target}` : text };
  });
}

function rewrite(source: string, start: number, end: number, changes: readonly Replacement[]): string {
  let text = '';
  let at = start;
  for (const change of [...changes].sort((a, b) => a.start - b.start)) {
    if (change.start < at || change.end > end) continue;
    text += source.slice(at, change.start) + change.text;
    at = change.end;
  }
  return text + source.slice(at, end);
}

/** A name that the source does not use. */
function freshName(source: string): string {
  let name = '$';
  while (source.includes(name)) name += '$';
  return name;
}

/** Where traces are mapped to the sources, the lines of a closure are mapped, too. */
function sourceMapComment(source: string): string {
  const [comment] = /\n\/\/# sourceMappingURL=\S+\s*$/.exec(source) ?? [];
  if (comment === undefined) return '';
  return comment.includes('=data:') && !process.sourceMapsEnabled ? '' : comment.trim();
}
