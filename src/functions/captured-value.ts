import type { LiveScope } from './inspector-probe.ts';
import type { Binding } from './scope.ts';
import type { Node } from './syntax.ts';

/** What a variable holds, or why that cannot be read. */
export type CapturedValue =
  | { readonly is: 'value'; readonly value: unknown; readonly scope: LiveScope }
  | { readonly is: 'uninitialized' }
  /** V8 keeps it nowhere, or not as a variable. */
  | { readonly is: 'absent' };

/** The variable as a function with these scopes sees it. */
export function readVariable(name: string, scopes: readonly LiveScope[], binding: Binding | undefined): CapturedValue {
  const scope = scopes.find(({ variables }) => Object.hasOwn(variables, name));
  if (!scope) return { is: 'absent' };
  try {
    const value = scope.variables[name];
    if (value === undefined && binding && wasNeverUndefined(binding)) return { is: 'uninitialized' };
    return { is: 'value', value, scope };
  } catch {
    return { is: 'uninitialized' };
  }
}

/** Before Node 26 V8 shows a variable that is not initialized yet as undefined. */
function wasNeverUndefined({ kind, init, isReassigned }: Binding): boolean {
  if (kind === 'class') return !isReassigned;
  return (kind === 'const' || (kind === 'let' && !isReassigned)) && init !== undefined && DEFINED.has(init.type);
}

const DEFINED: ReadonlySet<Node['type']> = new Set([
  'ArrayExpression',
  'ArrowFunctionExpression',
  'BinaryExpression',
  'ClassExpression',
  'FunctionExpression',
  'Literal',
  'NewExpression',
  'ObjectExpression',
  'TemplateLiteral',
  'UpdateExpression',
] satisfies Array<Node['type']>);
