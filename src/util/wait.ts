import { TimeoutError } from '../errors/timeout-error.ts';
import { checkSignal, listenForAbort } from './abort.ts';
import { KeepAlive } from './keep-alive.ts';
import { startTimer } from './timer.ts';

/** How long to wait, in milliseconds: 0 or less polls, absent or Infinity waits for ever, NaN is a RangeError. */
export type Wait = number | { timeout?: number | undefined; signal?: AbortSignal | undefined };

export interface NormalizedWait {
  /** Never NaN, never negative; Infinity waits for ever. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

const FOREVER: NormalizedWait = { timeout: Number.POSITIVE_INFINITY, signal: undefined };

export function normalizeWait(wait: Wait | undefined, fallback: number = Number.POSITIVE_INFINITY): NormalizedWait {
  if (wait === undefined && fallback === FOREVER.timeout) return FOREVER;
  const { timeout, signal } = typeof wait === 'object' && wait !== null ? wait : { timeout: wait, signal: undefined };
  if (signal !== undefined) checkSignal(signal);
  if (timeout === undefined) return { timeout: fallback, signal };
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new RangeError(`Cannot wait: the timeout is "${String(timeout)}"; give milliseconds, or leave it out`);
  }
  return { timeout: Math.max(0, timeout), signal };
}

/** A duration option that must be a number of milliseconds from 0 on; Infinity is allowed. */
export function checkDuration(name: string, value: number): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < 0) {
    throw new RangeError(`Cannot use ${name} "${String(value)}": it is no duration; give milliseconds from 0 on`);
  }
  return value;
}

/**
 * True once `event` has resolved, false if time ran out first. Rejects with the signal's reason on abort, and as
 * `event` rejects. Waiting keeps the program alive; the event itself is left alone in every case.
 */
export async function waitFor(
  event: Promise<unknown>,
  isOver: () => boolean,
  wait: Wait | undefined,
): Promise<boolean> {
  const { timeout, signal } = normalizeWait(wait);
  signal?.throwIfAborted();
  if (isOver()) return event.then(() => true);
  if (timeout === 0) return false;
  using _alive = KeepAlive.hold();
  return await new Promise<boolean>((resolve, reject) => {
    const timer = startTimer(timeout, () => settle(() => resolve(false)));
    const settle = (act: () => void): void => {
      timer.cancel();
      unlisten();
      act();
    };
    const unlisten = listenForAbort(signal, () => settle(() => reject(signal?.reason)));
    event.then(
      () => settle(() => resolve(true)),
      (error) => settle(() => reject(error)),
    );
  });
}

/** As `waitFor`, but resolves to the event's value, and a lack of time is a TimeoutError. */
export async function waitForValue<T>(
  event: Promise<T>,
  isOver: () => boolean,
  wait: Wait | undefined,
  what: string,
): Promise<T> {
  if (await waitFor(event, isOver, wait)) return event;
  const { timeout } = normalizeWait(wait);
  throw new TimeoutError(`Cannot get ${what}: it did not come within ${timeout} ms; wait longer, or cancel it`);
}
