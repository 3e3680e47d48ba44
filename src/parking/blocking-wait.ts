import type { Attempt, WaitPoint } from './attempt.ts';
import type { Gates, ParkingCalls } from './gates.ts';

/**
 * A sleeper looks around this often, in milliseconds: the owner may have died, or a waker between its change and its call.
 * With the look itself, either is made good well within 200 ms.
 */
const RECHECK = 100;

/**
 * Blocks the thread until `attempt` succeeds or `timeout` milliseconds are over; the last attempt is made after that,
 * so a wake-up at the same instant counts. Must not be used while this party is at the gate asynchronously.
 */
export function waitBlocking(
  gates: Gates,
  calls: ParkingCalls,
  point: WaitPoint,
  attempt: Attempt,
  timeout: number,
): boolean {
  const { gate } = point;
  const deadline = calls.now() + timeout;
  try {
    for (let lookAgainAt = Number.NEGATIVE_INFINITY, isWoken = false; ; ) {
      // Announce, then try: whoever changes things after this attempt sees the announcement.
      const announced = gates.announce(gate);
      const now = calls.now();
      const isThorough = now >= lookAgainAt;
      if (isThorough) lookAgainAt = now + RECHECK;
      if (attempt(isThorough)) {
        leave(gates, gate);
        return true;
      }
      if (isWoken) point.onBeaten?.();
      if (now >= deadline) {
        leave(gates, gate);
        return false;
      }
      // Sleeps only while the announcement stands, and the announcement falls only to a waker.
      calls.futexWait(gate, announced, Math.min(deadline, lookAgainAt) - now, gates.bit);
      isWoken = !gates.isAnnounced(gate);
    }
  } catch (error) {
    leave(gates, gate);
    throw error;
  }
}

/** Goes, with success or without: a wake-up that was spent on us since we announced ourselves belongs to the next. */
export function leave(gates: Gates, gate: number): void {
  if (!gates.withdraw(gate)) gates.wakeOne(gate);
}
