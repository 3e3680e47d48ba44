/**
 * Holds something for the reader of a message whose carriage is 'lent', although the sender may let go of its own before
 * the message is read. Ends when it was read, or when nobody will read it any more, whichever comes first.
 */
export interface Lease {
  end(): void;
}

const leases = new WeakSet<object>();

/** To be given to `EncodeContext.hold`. */
export function asLease<T extends Lease>(lease: T): T {
  leases.add(lease);
  return lease;
}

/** Nobody will read the message any more: what was held for its reader alone is let go of. */
export function endLeases(held: readonly object[]): void {
  for (const it of held) if (leases.has(it)) (it as Lease).end();
}
