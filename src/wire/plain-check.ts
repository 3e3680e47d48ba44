import { inspect } from 'node:util';
import { hasHiddenState } from './hidden-state.ts';

/** Elements an array may have for its keys to be listed; above, what `inspect` shows of it tells the same in less time. */
const LISTED = 64;

/** How an array is shown: as so many elements, none of them by itself, followed by what else it has. */
const COUNT_ONLY = {
  maxArrayLength: 0,
  depth: 0,
  colors: false,
  customInspect: false,
  showHidden: false,
  breakLength: Number.POSITIVE_INFINITY,
} as const;

/**
 * True if the array has neither named properties nor empty places, as far as its keys tell: an array with as many of
 * each passes, so whoever reads the elements still looks for empty ones. For an array that is no Proxy.
 */
export function hasElementsOnly(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length <= LISTED) return Object.keys(array).length === length;
  return inspect(array, COUNT_ONLY) === `[ ... ${length} more items ]`;
}

/**
 * True if nothing is known of the object that its own enumerable properties do not tell: an error, a Map or the like whose
 * prototype somebody replaced by that of plain objects has contents of its own. For an object of `Object.prototype`.
 */
export function hasPropertiesOnly(object: object, isEmpty: boolean): boolean {
  if (classOf.call(object) !== '[object Object]') return false;
  return !isEmpty || !hasHiddenState(object);
}

const classOf = Object.prototype.toString;

/** False if somebody has given every object enumerable properties. */
export function isObjectPrototypeOrdinary(): boolean {
  for (const _ in Object.prototype) return false;
  return true;
}
