/** How long promises that are settled at once may keep the event loop from going on, in milliseconds. */
const LONGEST_HOLD = 10;

let heldSince: number | undefined;

/**
 * For an operation that has succeeded without waiting: a promise for a turn of the event loop, if it is due. A loop that
 * awaits nothing but such operations would otherwise never let timers, sockets and signals have their turn.
 */
export function dueTurn(): Promise<void> | undefined {
  const now = performance.now();
  if (heldSince === undefined) {
    heldSince = now;
    setImmediate(() => {
      heldSince = undefined;
    }).unref();
  }
  return now - heldSince < LONGEST_HOLD ? undefined : new Promise((resolve) => setImmediate(resolve));
}
