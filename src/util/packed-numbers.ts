/** Numbers and nothing else, in 4 or 8 bytes each. */
export type PackedNumbers = Int32Array | Float64Array;

/** What is read by index. */
export type List = readonly unknown[] | PackedNumbers;

export function isPacked(list: unknown): list is PackedNumbers {
  return list instanceof Int32Array || list instanceof Float64Array;
}

/** All elements; undefined if one of them is no number. */
export function tryPack(source: readonly unknown[]): PackedNumbers | undefined {
  const { numbers, count } = packUntilOther(source, 0, source.length);
  return count === numbers.length ? numbers : undefined;
}

/** The elements from `start` to `end`, packed if all are numbers. Each is read once: that may run code of the user's. Has no holes. */
export function copyElements(source: List, start: number, end: number): List {
  const { numbers, count, other } = packUntilOther(source, start, end);
  if (count === numbers.length) return numbers;
  const elements: unknown[] = Array.from(numbers.subarray(0, count));
  elements.push(other);
  for (let i = start + elements.length; i < end; i += 1) elements.push(source[i]);
  return elements;
}

interface Packed {
  /** As long as all there was to read. */
  readonly numbers: PackedNumbers;
  /** How many were read until there was something else. */
  readonly count: number;
  readonly other: unknown;
}

// Loops without calls: most of a first large array is read before V8 has made them fast.

function packUntilOther(source: List, start: number, end: number): Packed {
  const numbers = new Int32Array(end - start);
  for (let i = 0; i < numbers.length; i += 1) {
    const element = source[start + i];
    if (typeof element !== 'number') return { numbers, count: i, other: element };
    const number = element | 0;
    const isInt32 = number === element && (number !== 0 || 1 / element > 0); // -0 is none.
    if (!isInt32) return packDoubles(source, start, numbers, i, element);
    numbers[i] = number;
  }
  return { numbers, count: numbers.length, other: undefined };
}

/** Goes on after so many, with one that takes 8 bytes. */
function packDoubles(source: List, start: number, before: Int32Array, count: number, next: number): Packed {
  const numbers = new Float64Array(before.length);
  numbers.set(before.subarray(0, count));
  numbers[count] = next;
  for (let i = count + 1; i < numbers.length; i += 1) {
    const element = source[start + i];
    if (typeof element !== 'number') return { numbers, count: i, other: element };
    numbers[i] = element;
  }
  return { numbers, count: numbers.length, other: undefined };
}
