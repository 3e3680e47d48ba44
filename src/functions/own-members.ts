import { isObjectPrototype } from '../util/realm.ts';

/** What hangs on a function: its own enumerable properties, and what was added to its `prototype`. */
export function membersOf(
  fn: object,
  isClass: boolean,
  refuse: (why: string) => never,
): { own: Record<string, unknown>; prototype?: Record<string, unknown> } {
  const own = enumerableValues(fn);
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  if (isClass || typeof prototype !== 'object' || prototype === null) return { own };
  const added = enumerableValues(prototype);
  if (isGenerator(fn)) return { own };
  if (!isObjectPrototype(Object.getPrototypeOf(prototype))) {
    refuse('has a prototype that inherits from another; write it as a class, or export it');
  }
  return Object.keys(added).length > 0 ? { own, prototype: added } : { own };
}

/** Getters stay behind: what they give is not the function's. */
function enumerableValues(holder: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (descriptor.enumerable && 'value' in descriptor) values[key] = descriptor.value;
  }
  return values;
}

function isGenerator(fn: object): boolean {
  return /Generator/.test(Object.prototype.toString.call(fn));
}
