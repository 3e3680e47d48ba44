import { types } from 'node:util';
import type { Trail } from './trail.ts';

/** After so many empty places an array is gone through by its keys: a sparse one may have four billion of them. */
const EMPTY_LIMIT = 10_000;

/** True for what structured clone always carries and nothing hangs on: all primitives but symbols. */
export function isLeaf(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

/**
 * True once `test` is for a member that is no leaf, with the trail standing at it: own enumerable properties, elements, or
 * keys and values. Named properties of an array are not looked at: to ask for them costs V8 100 ns per element.
 */
export function someMember(container: object, trail: Trail, test: (member: unknown) => boolean): boolean {
  if (Array.isArray(container)) return someElement(container, trail, test);
  if (types.isMap(container)) {
    for (const [key, value] of container) if (isMember(key, key) || isMember(key, value)) return true;
    return false;
  }
  if (types.isSet(container)) {
    for (const value of container) if (isMember(value, value)) return true;
    return false;
  }
  return someProperty(container, trail, test);

  function isMember(key: unknown, member: unknown): boolean {
    return !isLeaf(member) && testAt(container, key, member, trail, test);
  }
}

function someElement(array: readonly unknown[], trail: Trail, test: (member: unknown) => boolean): boolean {
  let empty = 0;
  for (let i = 0; i < array.length; i += 1) {
    const member = array[i];
    if (!isLeaf(member) && testAt(array, i, member, trail, test)) return true;
    if (member !== undefined) continue;
    empty += 1;
    if (empty > EMPTY_LIMIT) return someProperty(array, trail, test);
  }
  return false;
}

function someProperty(holder: object, trail: Trail, test: (member: unknown) => boolean): boolean {
  for (const key of Object.keys(holder)) {
    trail.enter(holder, key); // Before the member is read: a getter may throw.
    const member = (holder as Record<string, unknown>)[key];
    const isFound = !isLeaf(member) && test(member);
    trail.leave();
    if (isFound) return true;
  }
  return false;
}

function testAt(
  container: object,
  key: unknown,
  member: unknown,
  trail: Trail,
  test: (member: unknown) => boolean,
): boolean {
  trail.enter(container, key);
  const isFound = test(member);
  trail.leave();
  return isFound;
}

/** Assignment would call the setter of `__proto__`. */
export function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
