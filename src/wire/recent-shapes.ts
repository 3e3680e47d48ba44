/** So many are remembered, each of at most so many bytes: messages in a row mostly have the same few. */
const MOST = 8;
const LONGEST = 256;

/** The keys of an object, and the bytes that say them. */
export interface RecentShape {
  readonly bytes: Uint8Array;
  readonly keys: readonly string[];
}

/** Shapes that were written or read of late: to compare one is faster than to put it into bytes, or to make strings of those. */
export class RecentShapes {
  /** The first is the last one that was found. */
  readonly #shapes: RecentShape[] = [];
  #next = 1;

  /** The one that the bytes from `start` on say. */
  findAt(bytes: Uint8Array, start: number, end: number): RecentShape | undefined {
    for (let i = 0; i < this.#shapes.length; i += 1)
      if (isAt(bytes, start, end, (this.#shapes[i] as RecentShape).bytes)) return this.#found(i);
    return undefined;
  }

  /** The one that the object has. */
  findOf(object: object): RecentShape | undefined {
    for (let i = 0; i < this.#shapes.length; i += 1)
      if (hasShape(object, (this.#shapes[i] as RecentShape).keys)) return this.#found(i);
    return undefined;
  }

  add(shape: RecentShape): void {
    if (shape.bytes.length > LONGEST) return;
    if (this.#shapes.length < MOST) {
      this.#shapes.push(shape);
      return;
    }
    this.#shapes[this.#next] = shape;
    this.#next = 1 + (this.#next % (MOST - 1));
  }

  #found(index: number): RecentShape {
    const shapes = this.#shapes;
    const shape = shapes[index] as RecentShape;
    if (index === 0) return shape;
    shapes[index] = shapes[0] as RecentShape;
    shapes[0] = shape;
    return shape;
  }
}

/** True if the object has these enumerable keys and no others, in that order. */
export function hasShape(object: object, keys: readonly string[]): boolean {
  let count = 0;
  for (const key in object) {
    if (keys[count] !== key) return false;
    count += 1;
  }
  return count === keys.length;
}

function isAt(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  const { length } = wanted;
  if (start + length > end) return false;
  for (let i = 0; i < length; i += 1) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
