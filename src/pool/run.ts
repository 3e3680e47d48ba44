import type { Target } from '../functions/function-ref.ts';
import { refuseWhileImporting } from '../process/import-guard.ts';
import { createDeferred } from '../util/deferred.ts';
import { waitFor } from '../util/wait.ts';
import { toCallee } from '../wire/callee.ts';
import { Crew } from '../workers/crew.ts';
import { callOf, createCall } from '../workers/encode-tasks.ts';
import { RunCost } from '../workers/run-cost.ts';
import { resolveTaskOptions, type TaskOptions } from '../workers/task-options.ts';
import { Call, checkArguments } from './call.ts';
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
  checkArguments(args);
  const kind = {
    target: toCallee(fn as Target, 'fn'),
    call: callOf(args),
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
    const { promise, resolve, reject } = createDeferred<Awaited<R>>();
    const call = new Call<Awaited<R>>(resolve, reject);
    call.submit(crew, createCall(kind, args, call), options.signal);
    return await promise;
  } finally {
    crew.terminate();
    await waitFor(crew.ended, () => crew.state === 'ended', undefined);
  }
}
