import { SharedWords } from '#dist/memory/shared-words.js';

/** Steps on shared memory so far, and where to die: odd points lie before a step, even ones after it. */
export const steps: { taken: number; killAt: number; onDeath: () => void } = {
  taken: 0,
  killAt: Number.POSITIVE_INFINITY,
  /** The last thing this process does. */
  onDeath: () => {},
};

/** SIGKILL, to this process. */
export function die(): void {
  steps.onDeath();
  process.kill(process.pid, 'SIGKILL');
}

/** From now on every step of this process on shared memory counts, and may be its last. */
export function countSteps(): void {
  const methods = SharedWords.prototype as unknown as Record<string, (...args: number[]) => unknown>;
  for (const name of ['load', 'store', 'storeOwn', 'replace', 'exchange', 'add', 'or', 'and']) {
    const act = methods[name] as (...args: number[]) => unknown;
    methods[name] = function (this: unknown, ...args: number[]): unknown {
      return takeStep(() => act.apply(this, args));
    };
  }
}

/** One more step, before or behind which this process may die. */
export function takeStep<T>(act: () => T): T {
  steps.taken += 1;
  const { taken } = steps;
  if (taken * 2 - 1 === steps.killAt) die();
  const result = act();
  if (taken * 2 === steps.killAt) die();
  return result;
}
