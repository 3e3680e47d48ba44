import { types } from 'node:util';
import { describeStep } from '../functions/closure-data.ts';

/** What a path starts with; for a list that only wraps values, what the path of each starts with. */
export type Root = string | ((index: number) => string);

/**
 * Where a traversal stands, as what it went through. Steps are kept raw and turned into text only for an error message:
 * building a path for every member of every value would cost more than looking at it.
 */
export class Trail {
  readonly #root: Root;
  readonly #containers: object[] = [];
  readonly #keys: unknown[] = [];

  constructor(root: Root) {
    this.#root = root;
  }

  get depth(): number {
    return this.#keys.length;
  }

  enter(container: object, key: unknown): void {
    this.#containers.push(container);
    this.#keys.push(key);
  }

  leave(): void {
    this.#containers.pop();
    this.#keys.pop();
  }

  /** Back to where `depth` was this, after a traversal that was given up. */
  returnTo(depth: number): void {
    this.#containers.length = depth;
    this.#keys.length = depth;
  }

  /** Which value it is in, of a list that only wraps them. */
  get index(): number {
    return typeof this.#root === 'string' ? 0 : Number(this.#keys[0] ?? 0);
  }

  /** Which of the values that only cross together this is in. */
  get part(): unknown {
    return typeof this.#root === 'string' ? undefined : this.#keys[0];
  }

  /** Where the traversal began. */
  get start(): string {
    return typeof this.#root === 'string' ? this.#root : this.#root(this.index);
  }

  /** `args[0].items[3].socket` */
  toString(): string {
    const steps = this.#containers.map((container, i) => step(container, this.#keys[i]));
    return this.start + steps.slice(typeof this.#root === 'string' ? 0 : 1).join('');
  }
}

function step(container: object, key: unknown): string {
  const inClosure = describeStep(container, key);
  if (inClosure !== undefined) return inClosure;
  if (Array.isArray(container) && /^\d+$/.test(String(key))) return `[${String(key)}]`;
  if (types.isMap(container)) return `.get(${describeKey(key)})`;
  if (types.isSet(container)) return `.values(${describeKey(key)})`;
  const name = String(key);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function describeKey(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key);
  return typeof key === 'object' || typeof key === 'function' ? '…' : String(key);
}
