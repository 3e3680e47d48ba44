const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for so many milliseconds. */
export function nap(milliseconds: number): void {
  Atomics.wait(NEVER_CHANGES, 0, 0, milliseconds);
}
