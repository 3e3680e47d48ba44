import type { Identifier, Node } from './syntax.ts';

/** A variable, as the source declares it. */
export interface Binding {
  readonly name: string;
  readonly kind: 'var' | 'let' | 'const' | 'class' | 'function' | 'parameter' | 'import' | 'own name';
  /** Its identifier where it is declared. */
  readonly id: Node;
  /** What it is given where it is declared, if that is written down as one expression. */
  readonly init: Node | undefined;
  readonly scope: Scope;
  /** Assigned to, or declared, more than once. */
  isReassigned: boolean;
}

/** A place where a variable stands for its value, or is assigned to. */
export interface Reference {
  readonly id: Identifier;
  readonly scope: Scope;
  /** `{ name }`: the identifier is the key, too. */
  readonly isShorthand: boolean;
}

/** What can be seen from a part of the source: its own variables, and those of the scopes around it. */
export class Scope {
  readonly parent: Scope | undefined;
  /** Where `var` declares: the body of a function, a static block, the module. */
  readonly isBody: boolean;
  readonly isStrict: boolean;
  readonly bindings: Map<string, Binding> = new Map();

  constructor(
    parent: Scope | undefined,
    { isBody = false, isStrict = parent?.isStrict ?? false }: { isBody?: boolean; isStrict?: boolean } = {},
  ) {
    this.parent = parent;
    this.isBody = isBody;
    this.isStrict = isStrict;
  }

  /** The innermost scope around, this one included, in which `var` declares. */
  get body(): Scope {
    return this.isBody || !this.parent ? this : this.parent.body;
  }

  declare(name: string, kind: Binding['kind'], id: Node, init?: Node): void {
    const known = this.bindings.get(name);
    if (known) known.isReassigned = true;
    else this.bindings.set(name, { name, kind, id, init, scope: this, isReassigned: false });
  }

  resolve(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.parent?.resolve(name);
  }

  isWithin(outer: Scope): boolean {
    return this === outer || (this.parent?.isWithin(outer) ?? false);
  }
}

/** True if it has one value for good, once it has one. `var` has another before. */
export function isConstant({ kind, isReassigned }: Binding): boolean {
  return kind !== 'var' && !isReassigned;
}

/** True if it is assigned nothing after its declaration has run. */
export function isSettled(binding: Binding): boolean {
  return isConstant(binding) || (binding.init !== undefined && !binding.isReassigned);
}
