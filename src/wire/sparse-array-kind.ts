import type { Kind } from './kind.ts';
import { define } from './members.ts';

/** V8 takes memory for all places of an array, empty or not, that has less than this many of them for each element. */
const PLACES_PER_ELEMENT = 8;

/** After so many empty places the keys are counted instead: an array may have four billion of them. */
const LOOKED_AT = 10_000;

interface SparseData {
  readonly length: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An array of which most places are empty: crosses, and is restored, at the price of its elements. */
export const sparseArrayKind: Kind<unknown[], SparseData> = {
  tag: 'sparse-array',
  matches: (value) => Array.isArray(value) && isSparse(value),
  encode: (value) => ({ length: value.length, fields: { ...value } as unknown as Record<string, unknown> }),
  create: ({ length }) => createSparse(length),
  fill(value, { fields }) {
    for (const key of Object.keys(fields)) define(value, key, fields[key]);
  },
};

export function isSparse(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length <= PLACES_PER_ELEMENT) return false;
  let elements = 1;
  for (let i = 0; i < length; i += 1) {
    if (array[i] !== undefined || Object.hasOwn(array, i)) elements += 1;
    else if (i - elements > LOOKED_AT) return length > PLACES_PER_ELEMENT * (1 + Object.keys(array).length);
    if (elements * PLACES_PER_ELEMENT >= length) return false;
  }
  return true;
}

/** Written to far beyond its end, an array becomes a dictionary, and stays one when it is cut. */
function createSparse(length: number): unknown[] {
  const array: unknown[] = [];
  array[2 ** 32 - 2] = undefined;
  array.length = length;
  return array;
}
