import type { Target } from '../functions/function-ref.ts';
import { refuseWhileImporting } from '../process/import-guard.ts';
import { createDeferred } from '../util/deferred.ts';
import { waitFor } from '../util/wait.ts';
import { toCallee } from '../wire/callee.ts';
import { Crew } from '../workers/crew.ts';
import { RunCost } from '../workers/run-cost.ts';
import { resolveTaskOptions, type TaskOptions } from '../workers/task-options.ts';
import { ApplyJob } from './apply-job.ts';
import { resolvePoolOptions } from './pool-options.ts';

/**
 * One task in a process of its own, gone afterwards: the shortest safe way to run something that may hang, leak or crash.
 * Settles once the process and all it started are gone.
 */
export async function run<A extends unknown[], R>(
  fn: Target<A, R>,
  args: A = [] as unknown[] as A,
  options: TaskOptions & { memoryLimit?: number } = {},
): Promise<Awaited<R>> {
  refuseWhileImporting('a process');
  const kind = {
    target: toCallee(fn as Target, 'fn'),
    call: 'args',
    settings: resolveTaskOptions(options),
    cost: new RunCost(),
  } as const;
  const { memoryLimit } = options;
  const crew = new Crew(
    resolvePoolOptions({
      processes: 1,
      minProcesses: 0,
      name: 'run()',
      ...(memoryLimit !== undefined && { memoryLimit }),
    }),
  );
  try {
    const result = createDeferred<Awaited<R>>();
    new ApplyJob<Awaited<R>>(crew, kind, args, options.signal, () => result);
    return await result.promise;
  } finally {
    crew.terminate();
    await waitFor(crew.ended, () => crew.state === 'ended', undefined);
  }
}
