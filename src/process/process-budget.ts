import { BroodError } from '../errors/brood-error.ts';
import { currentArena } from '../memory/current-arena.ts';
import { cpuCount } from '../os/cpu-count.ts';
import { missingNativeReason } from '../os/native/native.ts';
import { inheritedBudget } from './inherited-budget.ts';
import type { ProcessBudget } from './place.ts';
import { SharedBudget } from './shared-budget.ts';
import { SplitBudget } from './split-budget.ts';

/** A process for each core in each of so many generations. */
const PER_CORE = 4;

let current: ProcessBudget | undefined;

/** The budget of this process. */
export function processBudget(): ProcessBudget {
  current ??= tryShare() ?? new SplitBudget(inheritedBudget());
  return current;
}

/** What the processes of a pool inherit that is to have `wish`; within a task no more than was inherited. */
export function limitBelow(wish: number | undefined): number {
  const limit = inheritedBudget()?.limit;
  if (limit === undefined) return wish ?? PER_CORE * cpuCount();
  return Math.min(limit, wish ?? limit);
}

function tryShare(): ProcessBudget | undefined {
  if (missingNativeReason() !== undefined) return undefined;
  try {
    return new SharedBudget(currentArena('a budget of processes'), inheritedBudget());
  } catch (error) {
    if (error instanceof BroodError) return undefined; // No address space, or too many processes in the arena.
    throw error;
  }
}
