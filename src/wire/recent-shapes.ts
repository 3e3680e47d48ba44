/** So many are remembered, each of at most so many bytes: messages in a row mostly have the same few. */
const MOST = 8;
const LONGEST = 256;

interface RecentShape {
  readonly bytes: Uint8Array;
  readonly keys: readonly string[];
}

/** The keys of shapes that were read of late, by the bytes that say them: comparing those is faster than making strings. */
export class RecentShapes {
  readonly #shapes: RecentShape[] = [];
  #next = 0;

  /** The one that is said at `start`. */
  find(bytes: Uint8Array, start: number): RecentShape | undefined {
    for (const shape of this.#shapes) if (isAt(bytes, start, shape.bytes)) return shape;
    return undefined;
  }

  add(bytes: Uint8Array, start: number, end: number, keys: readonly string[]): void {
    if (end - start > LONGEST) return;
    this.#shapes[this.#next] = { bytes: new Uint8Array(bytes.subarray(start, end)), keys };
    this.#next = (this.#next + 1) % MOST;
  }
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  const { length } = wanted;
  if (start + length > bytes.length) return false;
  for (let i = 0; i < length; i += 1) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
