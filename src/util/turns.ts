/** How long promises that are settled at once may keep the event loop from going on, in milliseconds. */
const LONGEST_HOLD = 10;

/** A look at the clock costs as much as a small operation: while they are small, only every so many look. */
const MOST_UNSEEN = 15;
/** So long between two looks, in milliseconds, is too long to leave out any. */
const SLOW = 1;

let heldSince: number | undefined;
let lastLook = 0;
let unseen = 0;

/**
 * For an operation that has succeeded without waiting: a promise for a turn of the event loop, if it is due. A loop that
 * awaits nothing but such operations would otherwise never let timers, sockets and signals have their turn.
 */
export function dueTurn(): Promise<void> | undefined {
  if (unseen > 0) {
    unseen -= 1;
    return undefined;
  }
  const now = performance.now();
  if (heldSince === undefined) {
    heldSince = now;
    setImmediate(() => {
      heldSince = undefined;
      unseen = 0;
    }).unref();
  } else if (now - lastLook < SLOW) unseen = MOST_UNSEEN;
  lastLook = now;
  return now - heldSince < LONGEST_HOLD ? undefined : new Promise((resolve) => setImmediate(resolve));
}
