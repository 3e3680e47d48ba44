/** What a function that no module exports is sent as: its source, and what that source needs. Plain data, but for the values. */
export interface ClosureData {
  readonly code: ClosureCode;
  /** Its `name`. */
  readonly name: string;
  /** Values of captured variables that keep them. */
  readonly constants: Record<string, unknown>;
  /** Those that the definition of a class needs at once, and cells of such. */
  readonly eager: Record<string, unknown>;
  readonly eagerCells: Record<string, Cell>;
  /** Captured variables that are assigned to; functions that have one in common share its cell. */
  readonly cells: Record<string, Cell>;
  /** Own enumerable properties: static fields of a class, among others. */
  readonly own: Record<string, unknown>;
  /** Members of the `prototype` of a function that is used as a class. */
  readonly prototype?: Record<string, unknown>;
  /** Of a class: the same in every message, so that it is one class in every process. */
  readonly id?: string;
}

export interface Cell {
  value: unknown;
}

/** The part that is the same for all functions made by one piece of code. */
export interface ClosureCode {
  /** URL of the script; imports are resolved from there. */
  readonly url: string;
  /** A factory of the function, as the body of a CommonJS module; every line is where it was. */
  readonly source: string;
  readonly isClass: boolean;
  /** What is imported, in the order in which the factory takes it. */
  readonly imports: readonly ImportSource[];
}

/** Something that every process gets for itself. */
export type ImportSource =
  | {
      readonly from: 'import';
      readonly specifier: string;
      readonly attributes?: Readonly<Record<string, string>>;
      /** The exports used; none for the namespace itself. */
      readonly names: readonly string[];
    }
  | { readonly from: 'require'; readonly specifier: string; readonly interop?: 'namespace' | 'default' }
  | { readonly from: 'createRequire' }
  | { readonly from: 'import.meta' };

type Role = 'closure' | 'variables' | 'cell' | 'instance';

const containers = new WeakMap<object, Role>();

/** Notes what a container stands for, so that a path through it can be told as users see it. */
export function mark<T extends object>(container: T, role: Role): T {
  containers.set(container, role);
  return container;
}

/** A step of a path through a closure: `fn (captured variable "db").socket`; undefined if it goes through something else. */
export function describeStep(container: object, key: unknown): string | undefined {
  switch (containers.get(container)) {
    case 'closure':
      return key === 'prototype' ? '.prototype' : '';
    case 'variables':
      return ` (captured variable "${String(key)}")`;
    case 'cell':
      return '';
    case 'instance':
      return key === 'local' ? ' (its class)' : undefined;
    default:
      return undefined;
  }
}
