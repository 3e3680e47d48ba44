import { Future } from './future.ts';

/** Each once. TypeError for what is no future. */
export function collectFutures<R>(futures: Iterable<Future<R>>): Set<Future<R>> {
  const all = new Set(futures);
  for (const future of all) {
    if (future instanceof Future) continue;
    throw new TypeError(`Cannot wait for a value of type ${typeof future}: pass what submit() returned`);
  }
  return all;
}
