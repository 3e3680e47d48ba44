import { types } from 'node:util';
import { hasElementsOnly } from './plain-check.ts';

/** After so many empty places an array is gone through by its keys: a sparse one may have four billion of them. */
const EMPTY_LIMIT = 10_000;

/** True for what structured clone always carries and nothing hangs on: all primitives but symbols. */
export function isLeaf(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

/** True once `test` is for a member that is no leaf: own enumerable properties, elements, or keys and values. */
export function someMember(container: object, test: (member: unknown) => boolean): boolean {
  if (Array.isArray(container)) return someElement(container, test);
  if (types.isMap(container)) {
    for (const [key, value] of container) {
      if ((!isLeaf(key) && test(key)) || (!isLeaf(value) && test(value))) return true;
    }
    return false;
  }
  if (types.isSet(container)) {
    for (const value of container) if (!isLeaf(value) && test(value)) return true;
    return false;
  }
  return someProperty(container, test);
}

function someElement(array: readonly unknown[], test: (member: unknown) => boolean): boolean {
  let empty = 0;
  for (let i = 0; i < array.length; i += 1) {
    const member = array[i];
    if (!isLeaf(member) && test(member)) return true;
    if (member !== undefined) continue;
    empty += 1;
    if (empty > EMPTY_LIMIT) return someProperty(array, test);
  }
  return !hasElementsOnly(array) && someProperty(array, test);
}

function someProperty(holder: object, test: (member: unknown) => boolean): boolean {
  for (const key of Object.keys(holder)) {
    const member = (holder as Record<string, unknown>)[key];
    if (!isLeaf(member) && test(member)) return true;
  }
  return false;
}

/** Assignment would call the setter of `__proto__`. */
export function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
