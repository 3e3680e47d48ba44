import type { Binding, Reference } from './scope.ts';
import { findFunctionNode, type ParsedScript } from './script.ts';
import { childrenOf, isClass, isFunction, isMethod, type Node } from './syntax.ts';

/** A variable that a function uses and does not declare. */
export interface FreeVariable {
  readonly name: string;
  /** Undefined for globals, and for what surrounds the script: parameters of CommonJS, variables around an `eval`. */
  readonly binding: Binding | undefined;
  readonly references: readonly Reference[];
  /** Used while a class is being defined: base class, static members, computed names. */
  readonly isEager: boolean;
}

/** What the source of a function says. */
export interface FunctionSyntax {
  readonly parsed: ParsedScript;
  readonly node: Node;
  readonly isClass: boolean;
  readonly isStrict: boolean;
  readonly free: readonly FreeVariable[];
  /** `import.meta` */
  readonly metas: readonly Node[];
  /** Why its source means something else in another place, and what to do. */
  readonly obstacle: string | undefined;
}

const known = new WeakMap<ParsedScript, Map<number, FunctionSyntax>>();

/** Undefined if the source has no such function: it was made in a way that its source does not show. */
export function functionSyntax(parsed: ParsedScript, offset: number, text: string): FunctionSyntax | undefined {
  const ofScript = known.get(parsed) ?? new Map<number, FunctionSyntax>();
  known.set(parsed, ofScript);
  const cached = ofScript.get(offset);
  if (cached) return cached;
  const path = findFunctionNode(parsed, offset, text);
  if (!path) return undefined;
  const syntax = analyse(parsed, path);
  ofScript.set(offset, syntax);
  return syntax;
}

function analyse(parsed: ParsedScript, path: readonly Node[]): FunctionSyntax {
  const node = path.at(-1) as Node;
  const code = isMethod(node) ? node.value : node;
  // Every function and class was given a scope by the analysis.
  const scope = parsed.analysis.scopes.get(code as Node);
  const isUndefinedThis = parsed.script.isModule && !path.slice(0, -1).some(hasOwnThis);
  const inside = new Inside(isUndefinedThis);
  inside.visit(code as Node, { ownThis: false, ownSuper: false, privateNames: [] });
  const free = new Map<Binding | string, { references: Reference[]; isEager: boolean }>();
  for (const reference of parsed.analysis.references) {
    const { id, scope: from } = reference;
    if (id.start < (code as Node).start || id.end > (code as Node).end || id.name === 'arguments') continue;
    const binding = from.resolve(id.name);
    if (binding && scope && binding.scope.isWithin(scope)) continue;
    const variable = free.get(binding ?? id.name) ?? { references: [], isEager: false };
    variable.references.push(reference);
    variable.isEager ||= inside.eager.has(id);
    free.set(binding ?? id.name, variable);
  }
  return {
    parsed,
    node,
    isClass: isClass(node),
    isStrict: scope?.isStrict ?? true,
    free: [...free].map(([key, variable]) =>
      typeof key === 'string'
        ? { name: key, binding: undefined, ...variable }
        : { name: key.name, binding: key, ...variable },
    ),
    metas: inside.metas,
    obstacle: inside.obstacle,
  };
}

function hasOwnThis(node: Node): boolean {
  return (isFunction(node) && node.type !== 'ArrowFunctionExpression') || isClass(node);
}

interface Place {
  readonly ownThis: boolean;
  readonly ownSuper: boolean;
  readonly privateNames: readonly string[];
  /** Within the definition of the class that is sent, outside of its functions. */
  readonly isEager?: boolean;
}

const LEXICAL = 'an arrow function has of the function around it; pass it as an argument';

/** Finds what a function has from its surroundings and no variable holds. */
class Inside {
  readonly metas: Node[] = [];
  readonly eager = new Set<Node>();
  obstacle: string | undefined;
  readonly #isUndefinedThis: boolean;

  constructor(isUndefinedThis: boolean) {
    this.#isUndefinedThis = isUndefinedThis;
  }

  visit(node: Node, place: Place): void {
    if (isClass(node)) {
      this.#visitClass(node, place);
      return;
    }
    if (isFunction(node)) {
      const isArrow = node.type === 'ArrowFunctionExpression';
      const inner = { ...place, ownThis: place.ownThis || !isArrow, isEager: false };
      for (const child of childrenOf(node)) this.visit(child, inner);
      return;
    }
    const inner = isMethod(node) ? { ...place, ownSuper: true } : place;
    this.#look(node, place);
    for (const child of childrenOf(node)) this.visit(child, inner);
  }

  #look(node: Node, { ownThis, ownSuper, privateNames, isEager }: Place): void {
    if (node.type === 'Identifier') {
      if (isEager) this.eager.add(node);
      if (node.name === 'arguments' && !ownThis) this.#refuse(`uses "arguments", which ${LEXICAL}`);
    } else if (node.type === 'ThisExpression' && !ownThis && !this.#isUndefinedThis) {
      this.#refuse(`uses "this", which ${LEXICAL}`);
    } else if (node.type === 'Super' && !ownSuper) {
      this.#refuse(
        'uses "super", which belongs to its object; send the object or class, or call what it needs by name',
      );
    } else if (node.type === 'PrivateIdentifier' && !privateNames.includes(node.name)) {
      this.#refuse(
        `uses the private name "#${node.name}", which no other code can; send the class, or use a public name`,
      );
    } else if (node.type === 'MetaProperty') {
      if (node.meta.name === 'import') this.metas.push(node);
      else if (!ownThis) this.#refuse(`uses "new.target", which ${LEXICAL}`);
    } else if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'eval') {
      this.#refuse('calls eval(), which may use any variable; write what it needs as code, or call globalThis.eval()');
    }
  }

  /** The base and computed names belong to the code around; all else is the class's own. */
  #visitClass(node: Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>, place: Place): void {
    const isRoot = place.isEager === undefined;
    const around = isRoot ? { ...place, isEager: true } : place;
    const declared = node.body.body.flatMap((it) =>
      it.type !== 'StaticBlock' && it.key.type === 'PrivateIdentifier' ? [it.key.name] : [],
    );
    const own = { ...around, ownThis: true, ownSuper: true, privateNames: [...place.privateNames, ...declared] };
    if (node.superClass) this.visit(node.superClass, around);
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        for (const child of member.body) this.visit(child, own);
        continue;
      }
      if (member.computed) this.visit(member.key, around);
      const isLater = member.type === 'PropertyDefinition' && !member.static;
      if (member.value) this.visit(member.value, isLater ? { ...own, isEager: false } : own);
    }
  }

  #refuse(why: string): void {
    this.obstacle ??= why;
  }
}
