import type { InheritedBudget } from './inherited-budget.ts';

/** What a process is wanted for. */
export interface Demand {
  /** Tells the process, for the pools of its tasks, how many the whole program is to have. */
  readonly limit: number;
  /** How many like it are wanted. */
  readonly siblings: number;
  /** False: a thread, which is not counted. */
  readonly isProcess: boolean;
}

/** One process that is counted. */
export interface Place {
  /** What it inherits. */
  readonly budget: InheritedBudget;
  /** It has ended. Once. */
  release(): void;
}

/** Keeps pools within pools from multiplying: counts the workers and spares of the whole program. */
export interface ProcessBudget {
  /** A place in any case. */
  take(demand: Demand): Place;
  /** A place for one more than there have to be; undefined where the budget has none. */
  tryTake(demand: Demand): Place | undefined;
}
