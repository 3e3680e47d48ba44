import { Future } from './future.ts';

/** Each once. TypeError for what is no future, or cannot be iterated. */
export function collectFutures<R>(futures: Iterable<Future<R>>): Set<Future<R>> {
  if (typeof (futures as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`Cannot wait for futures of type ${typeof futures}: pass an array or another iterable`);
  }
  const all = new Set(futures);
  for (const future of all) {
    if (future instanceof Future) continue;
    throw new TypeError(`Cannot wait for a value of type ${typeof future}: pass what submit() returned`);
  }
  return all;
}
