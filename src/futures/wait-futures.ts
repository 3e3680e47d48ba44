import { createDeferred } from '../util/deferred.ts';
import { type Wait, waitFor } from '../util/wait.ts';
import { collectFutures } from './collect-futures.ts';
import { type Future, hasFailed, listenForDone } from './future.ts';

export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

const RETURN_WHEN: readonly ReturnWhen[] = ['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'];

/**
 * Waits until all futures are done, the first is, or the first has failed (by its own error: to be cancelled is no failure).
 * Lack of time is no error: what is not done is in `notDone`. The same future twice counts once.
 */
export async function waitFutures<R>(
  futures: Iterable<Future<R>>,
  options: { timeout?: number; signal?: AbortSignal; returnWhen?: ReturnWhen } = {},
): Promise<{ done: Set<Future<R>>; notDone: Set<Future<R>> }> {
  const { returnWhen = 'ALL_COMPLETED', timeout, signal } = options;
  if (!RETURN_WHEN.includes(returnWhen)) {
    throw new RangeError(`Cannot wait until "${String(returnWhen)}": choose one of ${RETURN_WHEN.join(', ')}`);
  }
  const all = collectFutures(futures);
  await waitUntil(all, returnWhen, { timeout, signal });
  const done = new Set<Future<R>>();
  const notDone = new Set<Future<R>>();
  for (const future of all) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}

async function waitUntil(futures: ReadonlySet<Future<unknown>>, returnWhen: ReturnWhen, wait: Wait): Promise<void> {
  const { promise, resolve } = createDeferred<void>();
  let left = futures.size;
  let isOver = left === 0;
  const onDone = (future: Future<unknown>): void => {
    left -= 1;
    isOver ||=
      left === 0 || returnWhen === 'FIRST_COMPLETED' || (returnWhen === 'FIRST_EXCEPTION' && hasFailed(future));
    if (isOver) resolve();
  };
  if (isOver) resolve();
  const unlisten = [...futures].map((future) => listenForDone(future, () => onDone(future)));
  try {
    await waitFor(promise, () => isOver, wait);
  } finally {
    for (const stop of unlisten) stop();
  }
}
