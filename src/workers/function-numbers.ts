import { createHash } from 'node:crypto';
import type { Callee } from '../wire/callee.ts';

/** So many functions a worker keeps; a program may make a closure for every call. */
const LIMIT = 1000;

/** Functions that one worker was told, by number: each is sent once, as long as it is among those last used. */
export class FunctionNumbers {
  /** The longest unused first. */
  readonly #numbers = new Map<string, number>();

  /** The number to call it by, and whether the worker has yet to be told what it stands for: it may have been another. */
  find(callee: Callee): { readonly fn: number; readonly isNew: boolean } {
    const key = keyOf(callee);
    const known = this.#numbers.get(key);
    const fn = known ?? this.#freeNumber();
    this.#numbers.delete(key);
    this.#numbers.set(key, fn);
    return { fn, isNew: known === undefined };
  }

  #freeNumber(): number {
    if (this.#numbers.size < LIMIT) return this.#numbers.size;
    const [oldest, fn] = this.#numbers.entries().next().value as [string, number];
    this.#numbers.delete(oldest);
    return fn;
  }
}

const keys = new WeakMap<Callee, string>();

/** Two closures of the same code with the same captured values are one function to a worker. */
function keyOf(callee: Callee): string {
  const { module, export: name, closure } = callee;
  if (closure === undefined) return `${name} ${module}`;
  const known = keys.get(callee);
  if (known !== undefined) return known;
  const key = createHash('sha256').update(closure).digest('base64');
  keys.set(callee, key);
  return key;
}
