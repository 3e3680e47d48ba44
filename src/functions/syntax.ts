import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';

export type Node = Acorn.AnyNode;
export type Identifier = Acorn.Identifier;

let acorn: typeof Acorn | undefined;

/** Throws a SyntaxError for what Acorn does not know. It costs 6 ms to load, and is loaded with the first closure. */
export function parse(source: string, isModule: boolean): Acorn.Program {
  acorn ??= createRequire(import.meta.url)('acorn') as typeof Acorn;
  return acorn.parse(source, {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'script',
    allowHashBang: true,
    // What Node wraps in a function: CommonJS, and what `eval` in one was given.
    allowReturnOutsideFunction: !isModule,
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  });
}

/** What a node consists of, in the order of the source. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const member of Object.values(node)) {
    if (Array.isArray(member)) children.push(...member.filter(isNode));
    else if (isNode(member)) children.push(member);
  }
  return children;
}

export function isFunction(
  node: Node,
): node is Acorn.FunctionDeclaration | Acorn.FunctionExpression | Acorn.ArrowFunctionExpression {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

export function isClass(node: Node): node is Acorn.ClassDeclaration | Acorn.ClassExpression {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
}

export function isMethod(node: Node): node is Acorn.MethodDefinition | (Acorn.Property & { value: Node }) {
  if (node.type === 'MethodDefinition') return true;
  return node.type === 'Property' && (node.method || node.kind !== 'init');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}
