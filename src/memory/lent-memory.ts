const lent = new WeakSet<ArrayBufferLike>();

/** Notes memory that will be given back while JavaScript may still refer to it: nothing that outlives its use may be a view of it. */
export function noteLent(buffer: ArrayBufferLike): void {
  lent.add(buffer);
}

export function isLent(buffer: ArrayBufferLike): boolean {
  return lent.has(buffer);
}
