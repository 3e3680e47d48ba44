/** What every pool runs; each task answers something that shows that it was given its own argument. */

export const noop = (n) => n;

/** First and last byte, and how many there are. */
export function edges(buffer) {
  const bytes = new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength);
  return [bytes[0], bytes[bytes.length - 1], bytes.length];
}

/** Keeps a core busy without touching memory. */
export function burn(steps) {
  let state = 1;
  for (let n = 0; n < steps; n += 1) state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state;
}
