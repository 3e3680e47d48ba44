import { checkDuration } from '../util/wait.ts';

/** Why a task may be run again. */
export type FailureKind = 'crashes' | 'errors' | 'timeouts';

export type Retries =
  | number
  | { crashes?: number; errors?: number; timeouts?: number; delay?: number | ((attempt: number) => number) };

export interface RetryBudget {
  /** How often a task may be run again after each kind of failure, and after all of them together. */
  readonly limits: Readonly<Record<FailureKind | 'total', number>>;
  /** Milliseconds to wait before the run that follows attempt n. */
  readonly delay: (attempt: number) => number;
}

/** How often one task has failed so far. */
export type Failures = Record<FailureKind, number>;

const NO_DELAY = (): number => 0;

const NO_RETRIES: RetryBudget = {
  limits: { crashes: 0, errors: 0, timeouts: 0, total: 0 },
  delay: NO_DELAY,
};

export function resolveRetries(retries: Retries = 0): RetryBudget {
  if (retries === 0) return NO_RETRIES;
  if (typeof retries === 'number') {
    const total = checkCount('retries', retries);
    return { limits: { crashes: total, errors: total, timeouts: total, total }, delay: NO_DELAY };
  }
  if (typeof retries !== 'object' || retries === null) {
    throw new TypeError(
      `Cannot use retries "${String(retries)}": it is no count; give a whole number from 0 on, or { crashes, errors, timeouts, delay }`,
    );
  }
  const { crashes = 0, errors = 0, timeouts = 0, delay = 0 } = retries;
  const limits = {
    crashes: checkCount('retries.crashes', crashes),
    errors: checkCount('retries.errors', errors),
    timeouts: checkCount('retries.timeouts', timeouts),
    total: Number.POSITIVE_INFINITY,
  };
  if (typeof delay === 'function') return { limits, delay };
  if (checkDuration('retries.delay', delay) === Number.POSITIVE_INFINITY) {
    throw new RangeError('Cannot use retries.delay "Infinity": the task would never end; give milliseconds');
  }
  return { limits, delay: () => delay };
}

/** Counts the failure, and says whether the task may run again. */
export function countFailure({ limits }: RetryBudget, failures: Failures, kind: FailureKind): boolean {
  failures[kind] += 1;
  const total = failures.crashes + failures.errors + failures.timeouts;
  return failures[kind] <= limits[kind] && total <= limits.total;
}

function checkCount(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 0)) return value;
  throw new RangeError(
    `Cannot use ${name} "${String(value)}": it is no count; give a whole number from 0 on, or Infinity`,
  );
}
