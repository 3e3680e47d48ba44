import { LEDGER_ENTRIES } from './ledger.ts';
import type { RunCost } from './run-cost.ts';

/** Milliseconds of work that are sent together: well above what a round trip costs, well below what anybody notices. */
const TARGET = 4;
/** Bytes that are sent together: well above what a message costs, and few where each worker has some of them. */
const TARGET_BYTES = 2 ** 20;
/** A worker that has less than this ahead of it gets more, in milliseconds: it never waits for its parent. */
const LOW = TARGET / 2;
/** What is sent at once leaves room in the ledger for more. */
const LARGEST = LEDGER_ENTRIES / 2;
/** Each with an object of its own: reading so many answers takes a few milliseconds. */
export const LARGEST_OF_TASKS = 8192;

/**
 * How many tasks to send at once: a few milliseconds of measured work and not too many bytes, one while nobody knows, and fewer
 * towards the end, so that no worker sits on a long chunk while the others are through.
 */
export function adaptiveSize(cost: RunCost, remaining: number, workers: number, largest: number = LARGEST): number {
  const most = Math.min(largest, cost.countWithin(TARGET), cost.countInputsWithin(TARGET_BYTES));
  return Math.max(1, Math.min(most, Math.ceil(remaining / (2 * workers))));
}

/** Whether tasks that take so long may be sent behind work of `load` milliseconds that the worker already has. */
export function maySendAhead(cost: RunCost, load: number): boolean {
  return load < LOW && cost.countWithin(TARGET) > 0;
}

/** How many tasks of this cost may stay with a worker behind the one it is running. */
export function shareToKeep(cost: RunCost): number {
  return cost.countWithin(2 * TARGET);
}
