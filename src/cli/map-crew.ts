import { CancelledError } from '../errors/cancelled-error.ts';
import { createFunctionRef, type FunctionRef } from '../functions/function-ref.ts';
import { Pool } from '../pool/pool.ts';
import { describeFailure } from './failure.ts';
import type { MapSettings } from './map-settings.ts';
import type { CallStart, MappedCall } from './map-task.ts';
import type { Job, Outcome, SuccessText } from './outcome.ts';
import type { TaskModule } from './task-module.ts';
import { findLoaderArguments } from './typescript.ts';
import { UsageError } from './usage-error.ts';

/** How long workers that have nothing to do any more may take to end. */
const CLOSE_PATIENCE = 2000;

const taskModule = new URL('./map-task.js', import.meta.url).href;
const prepareMapped: FunctionRef<[FunctionRef], void> = createFunctionRef(taskModule, 'prepareMapped');
const checkMapped: FunctionRef<[], string | null> = createFunctionRef(taskModule, 'checkMapped');
const runMapped: FunctionRef<[MappedCall], SuccessText> = createFunctionRef(taskModule, 'runMapped');

/** Starts the workers; each imports the user's module before anything else. */
export function openCrew(module: TaskModule, processes: number): Pool {
  return new Pool({
    name: 'brood map',
    processes,
    execArgv: [...process.execArgv, ...findLoaderArguments(module.path)],
    initializer: prepareMapped,
    initArgs: [module.ref],
  });
}

/** A UsageError if the function cannot be called. Workers that ended before they could tell are to blame on the module too. */
export async function checkModule(pool: Pool, module: TaskModule): Promise<void> {
  let problem: string | null;
  try {
    problem = await pool.apply(checkMapped);
  } catch (error) {
    if (error instanceof CancelledError) return;
    problem = `the worker that imports it does not get that far; mend this first\n${(error as Error).message}`;
  }
  if (problem !== null) throw new UsageError(`Cannot load "${module.name}": ${problem}`);
}

/**
 * Runs one chunk and reports each input's own outcome, in the order of the chunk, as soon as it is known. Through `imap`, because
 * it keeps inputs apart that travel together: each has its own timeout and retries, and a worker that dies costs one.
 */
export async function* runChunk(
  pool: Pool,
  chunk: readonly Job[],
  { timeout, retries }: Pick<MapSettings, 'timeout' | 'retries'>,
): AsyncGenerator<Outcome, void, undefined> {
  const calls = chunk.map(({ index, input }): MappedCall => ({ index, input }));
  const starts = new Map<number, CallStart>();
  const results = pool.imap(runMapped, calls, {
    chunkSize: chunk.length,
    bufferSize: chunk.length,
    retries,
    ...(timeout !== null && {
      timeout,
      // The user's function may report progress of its own.
      onProgress: (value: unknown) => isCallStart(value) && starts.set(value.index, value),
    }),
  });
  for (const job of chunk) {
    const sentAt = performance.now();
    try {
      const { value } = await results.next();
      yield { kind: 'succeeded', job, success: value as SuccessText };
    } catch (error) {
      const failed = describeFailure(error, performance.now() - sentAt, starts.get(job.index));
      if (failed !== null) yield { kind: 'failed', job, ...failed };
    }
  }
  await results.return?.(); // Else it is kept until it is collected, which in a long run is late.
}

/** Lets the workers end by themselves, unless they take too long or `isKilled`. */
export async function closeCrew(pool: Pool, isKilled: boolean): Promise<void> {
  if (isKilled) pool.terminate();
  else pool.close();
  if (await pool.join(CLOSE_PATIENCE)) return;
  pool.terminate();
  await pool.join(CLOSE_PATIENCE);
}

function isCallStart(value: unknown): value is CallStart {
  return typeof value === 'object' && value !== null && 'index' in value && 'pid' in value && 'attempt' in value;
}
