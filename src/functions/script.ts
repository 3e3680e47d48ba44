import type * as Acorn from 'acorn';
import { analyseScopes, type ScopeAnalysis } from './scope-analysis.ts';
import { childrenOf, isClass, isFunction, isMethod, type Node, parse } from './syntax.ts';

/** Code that V8 has loaded: after type stripping or a loader's transformation. */
export interface Script {
  readonly id: string;
  /** Empty for code without a file (`node -e`, `eval`, the REPL). */
  readonly url: string;
  readonly isModule: boolean;
  readonly source: string;
}

/** The same, as a tree. */
export interface ParsedScript {
  readonly script: Script;
  readonly program: Acorn.Program;
  readonly analysis: ScopeAnalysis;
  /** Names of exports, by the names of the variables. */
  readonly exports: ReadonlyMap<string, string>;
}

const parsed = new WeakMap<Script, ParsedScript>();

/** Parses it, once. Throws a SyntaxError. */
export function parseScript(script: Script): ParsedScript {
  const known = parsed.get(script);
  if (known) return known;
  const program = parse(script.source, script.isModule);
  const analysis = analyseScopes(program, script.isModule);
  const result = { script, program, analysis, exports: exportedVariables(program) };
  parsed.set(script, result);
  return result;
}

/** True if other processes can import what it exports. */
export function isImportable({ url, isModule }: Script): boolean {
  return isModule && /^(file|data):/.test(url) && !isEvaluated(url);
}

/** `node -e` and its like: V8 has a URL for them, and nobody else does. */
export function isEvaluated(url: string): boolean {
  return /(^|\/)\[\w+\d*\]$/.test(url);
}

/** A function, class or method, with all that it stands in, outermost first. */
export function findFunctionNode(
  { program, script }: ParsedScript,
  offset: number,
  text: string,
): readonly Node[] | undefined {
  const path: Node[] = [];
  let found: Node[] | undefined;
  for (let node: Node | undefined = program; node; ) {
    path.push(node);
    if (isTextOf(node, text, script.source)) found = [...path];
    node = childrenOf(node).find(({ start, end }) => start <= offset && offset < end);
  }
  return found;
}

/** V8 leaves out `static`. */
function isTextOf(node: Node, text: string, source: string): boolean {
  if (!isFunction(node) && !isClass(node) && !isMethod(node)) return false;
  const start = isMethod(node) ? node.end - text.length : node.start;
  return start >= node.start && source.slice(start, node.end) === text;
}

function exportedVariables({ body }: Acorn.Program): Map<string, string> {
  const names = new Map<string, string>();
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node;
      if ('id' in declaration && declaration.id && declaration.type.endsWith('Declaration'))
        names.set((declaration.id as Acorn.Identifier).name, 'default');
    }
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue;
    for (const { local, exported } of node.specifiers) names.set(nameOf(local), nameOf(exported));
    for (const name of node.declaration ? declaredNames(node.declaration) : []) names.set(name, name);
  }
  return names;
}

function declaredNames(node: Node): string[] {
  if (node.type !== 'VariableDeclaration') return 'id' in node && node.id ? [(node.id as Acorn.Identifier).name] : [];
  return node.declarations.flatMap(({ id }) => patternNames(id));
}

function patternNames(pattern: Node): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'Property':
      return patternNames(pattern.value);
    default:
      return childrenOf(pattern).flatMap(patternNames);
  }
}

/** Of an export specifier; `export { it as "a name" }` has a literal. */
export function nameOf(node: Acorn.Identifier | Acorn.Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value);
}
