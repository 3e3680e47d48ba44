import type { FunctionRef } from '../functions/function-ref.ts';

/** Functions that one worker was told, by number: a reference is sent once. */
export class FunctionNumbers {
  readonly #numbers = new Map<string, number>();

  /** The number to call it by, and whether the worker has yet to be told what it stands for. */
  find({ module, export: name }: FunctionRef): { readonly fn: number; readonly isNew: boolean } {
    const key = `${name} ${module}`;
    const known = this.#numbers.get(key);
    const fn = known ?? this.#numbers.size;
    if (known === undefined) this.#numbers.set(key, fn);
    return { fn, isNew: known === undefined };
  }
}
