import type * as Acorn from 'acorn';
import { type Binding, type Reference, Scope } from './scope.ts';
import { childrenOf, isClass, isFunction, type Node } from './syntax.ts';

/** The scopes of a program, and every place at which a variable is used. */
export interface ScopeAnalysis {
  readonly program: Scope;
  /** In the order of the source. */
  readonly references: readonly Reference[];
  /** The outermost scope that a function or class makes. */
  readonly scopes: ReadonlyMap<Node, Scope>;
}

export function analyseScopes(program: Acorn.Program, isModule: boolean): ScopeAnalysis {
  const analyser = new Analyser();
  const scope = new Scope(undefined, { isBody: true, isStrict: isModule || hasDirective(program.body) });
  analyser.visitAll(program.body, scope);
  for (const { name, scope: from } of analyser.writes) {
    const binding = from.resolve(name);
    if (binding) binding.isReassigned = true;
  }
  return { program: scope, references: analyser.references, scopes: analyser.scopes };
}

class Analyser {
  readonly references: Reference[] = [];
  readonly scopes = new Map<Node, Scope>();
  readonly writes: Array<{ name: string; scope: Scope }> = [];

  visitAll(nodes: ReadonlyArray<Node | null | undefined>, scope: Scope): void {
    for (const node of nodes) if (node) this.visit(node, scope);
  }

  visit(node: Node, scope: Scope, isShorthand = false): void {
    if (isFunction(node)) {
      this.#visitFunction(node, scope);
      return;
    }
    if (isClass(node)) {
      this.#visitClass(node, scope);
      return;
    }
    switch (node.type) {
      case 'Identifier':
        this.references.push({ id: node, scope, isShorthand });
        return;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          this.#declare(id, node.kind === 'var' ? scope.body : scope, kindOf(node.kind), scope, init ?? undefined);
          if (init) this.visit(init, scope);
        }
        return;
      case 'ImportDeclaration':
        for (const { local } of node.specifiers) scope.declare(local.name, 'import', local, node);
        return;
      case 'ExportNamedDeclaration':
        if (node.declaration) this.visit(node.declaration, scope);
        return;
      case 'ExportAllDeclaration':
      case 'MetaProperty':
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      case 'MemberExpression':
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Property':
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope, node.shorthand);
        return;
      case 'BlockStatement':
        this.visitAll(node.body, new Scope(scope));
        return;
      case 'StaticBlock':
        this.visitAll(node.body, new Scope(scope, { isBody: true }));
        return;
      case 'SwitchStatement':
        this.visit(node.discriminant, scope);
        this.visitAll(node.cases, new Scope(scope));
        return;
      case 'CatchClause':
        this.#visitCatch(node, new Scope(scope));
        return;
      case 'ForStatement':
        this.visitAll([node.init, node.test, node.update, node.body], new Scope(scope));
        return;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.#visitFor(node, new Scope(scope));
        return;
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        if (node.type === 'AssignmentExpression') this.#write(node.left, scope);
        this.visit(node.left, scope, isShorthand);
        this.visit(node.right, scope);
        return;
      case 'UpdateExpression':
        this.#write(node.argument, scope);
        this.visit(node.argument, scope);
        return;
      default:
        this.visitAll(childrenOf(node), scope);
        return;
    }
  }

  /** Parameters see each other, and the function's own name; not what its body declares. */
  #visitFunction(node: Acorn.Function & Node, scope: Scope): void {
    const isStrict = scope.isStrict || (node.body.type === 'BlockStatement' && hasDirective(node.body.body));
    const own = new Scope(scope, { isStrict });
    this.scopes.set(node, own);
    if (node.type === 'FunctionDeclaration' && node.id) {
      scope.declare(node.id.name, 'function', node.id, node);
      // Sloppy code sees a function of a block around the block, too.
      if (!scope.isStrict && scope !== scope.body) scope.body.declare(node.id.name, 'var', node.id);
    } else if (node.type === 'FunctionExpression' && node.id) {
      own.declare(node.id.name, 'own name', node.id, node);
    }
    const parameters = new Scope(own);
    for (const parameter of node.params) this.#declare(parameter, parameters, 'parameter', parameters);
    if (node.body.type === 'BlockStatement') {
      this.visitAll(node.body.body, new Scope(parameters, { isBody: true }));
    } else this.visit(node.body, parameters);
  }

  #visitClass(node: Acorn.Class & Node, outer: Scope): void {
    const scope = new Scope(outer, { isStrict: true });
    this.scopes.set(node, scope);
    if (node.id) {
      if (node.type === 'ClassDeclaration') outer.declare(node.id.name, 'class', node.id, node);
      scope.declare(node.id.name, 'class', node.id, node);
    }
    if (node.superClass) this.visit(node.superClass, scope);
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') this.visit(member, scope);
      else {
        if (member.computed) this.visit(member.key, scope);
        if (member.value) this.visit(member.value, new Scope(scope));
      }
    }
  }

  #visitCatch({ param, body }: Acorn.CatchClause, scope: Scope): void {
    if (param) this.#declare(param, scope, 'let', scope);
    this.visit(body, scope);
  }

  #visitFor({ left, right, body }: Acorn.ForInStatement | Acorn.ForOfStatement, scope: Scope): void {
    if (left.type !== 'VariableDeclaration') this.#write(left, scope);
    this.visitAll([left, right, body], scope);
  }

  /** Declares what a pattern names; default values and computed keys are expressions in `scope`. */
  #declare(pattern: Node, target: Scope, kind: Binding['kind'], scope: Scope, init?: Node): void {
    switch (pattern.type) {
      case 'Identifier':
        target.declare(pattern.name, kind, pattern, init);
        return;
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#declare(property.argument, target, kind, scope);
          else {
            if (property.computed) this.visit(property.key, scope);
            this.#declare(property.value, target, kind, scope);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#declare(element, target, kind, scope);
        return;
      case 'RestElement':
        this.#declare(pattern.argument, target, kind, scope);
        return;
      case 'AssignmentPattern':
        this.visit(pattern.right, scope);
        this.#declare(pattern.left, target, kind, scope);
        return;
    }
  }

  #write(target: Node, scope: Scope): void {
    if (target.type === 'Identifier') this.writes.push({ name: target.name, scope });
    else if (target.type === 'Property') this.#write(target.value, scope);
    else if (target.type === 'AssignmentPattern') this.#write(target.left, scope);
    else if (target.type !== 'MemberExpression') for (const part of childrenOf(target)) this.#write(part, scope);
  }
}

function kindOf(keyword: Acorn.VariableDeclaration['kind']): 'var' | 'let' | 'const' {
  return keyword === 'var' || keyword === 'let' ? keyword : 'const';
}

function hasDirective(body: readonly Node[]): boolean {
  return body.some((it) => it.type === 'ExpressionStatement' && it.directive === 'use strict');
}
