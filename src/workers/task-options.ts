import { checkSignal } from '../util/abort.ts';
import { checkOptions } from '../util/options.ts';
import { checkDuration } from '../util/wait.ts';
import { type Retries, type RetryBudget, resolveRetries } from './retry.ts';

export interface TaskOptions {
  /** Milliseconds to run, from when a worker starts it. Then the signal aborts, and after `grace` the worker is killed. Default: none. */
  timeout?: number;
  /** Cancels it: a queued task never runs; a running one is asked, then killed after `grace`. Its siblings are untouched. */
  signal?: AbortSignal;
  /** How long a task that was asked to end has before its worker is killed, in milliseconds. Default 1000. */
  grace?: number;
  /** Runs it again after a worker was lost, an error was thrown, or its time ran out; a number allows that many of any kind. Default 0. */
  retries?: Retries;
  /** Higher first, first come first served within one level; waiting tasks rise, so that none starves. Default 0. */
  priority?: number;
  onProgress?: (value: unknown) => void;
}

/** Options with every default filled in. */
export interface TaskSettings {
  readonly timeout: number;
  readonly grace: number;
  readonly priority: number;
  readonly retries: RetryBudget;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

const DEFAULT_GRACE = 1000;

/** Throws a RangeError or TypeError for the first option that cannot be. */
export function resolveTaskOptions(options: TaskOptions = {}, defaults: TaskOptions = {}): TaskSettings {
  checkOptions(options);
  const { timeout, signal, grace, priority, retries, onProgress } = { ...defaults, ...withoutUndefined(options) };
  if (timeout !== undefined && checkDuration('timeout', timeout) === 0) {
    throw new RangeError('Cannot use timeout "0": no task could run; give milliseconds above 0, or leave it out');
  }
  if (signal !== undefined) checkSignal(signal);
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`Cannot use priority "${String(priority)}": it is no finite number; give one`);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError('Cannot use onProgress: it is no function; pass one');
  }
  return {
    timeout: timeout ?? Number.POSITIVE_INFINITY,
    grace: checkDuration('grace', grace ?? DEFAULT_GRACE),
    priority: priority ?? 0,
    retries: resolveRetries(retries),
    onProgress,
  };
}

function withoutUndefined(options: TaskOptions): TaskOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** True if tasks with the one are treated as those with the other. */
export function isSameSettings(a: TaskSettings, b: TaskSettings): boolean {
  if (a === b) return true;
  const { timeout, grace, priority, retries, onProgress } = a;
  return (
    timeout === b.timeout &&
    grace === b.grace &&
    priority === b.priority &&
    retries === b.retries &&
    onProgress === b.onProgress
  );
}
