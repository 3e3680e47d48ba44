import { inspect } from 'node:util';
import { SerializationError } from '../errors/serialization-error.ts';
import { currentTask } from '../process/task-context.ts';
import type { FunctionRef } from '../wire/function-ref.ts';
import { loadExport } from '../wire/load-export.ts';
import { formatSuccess, type Run, type SuccessText } from './outcome.ts';
import { sendStdoutToStderr } from './stdout-to-stderr.ts';
import { TaskFailure } from './task-failure.ts';

/** What is sent for each input. */
export interface MappedCall {
  /** Of the job. */
  readonly index: number;
  readonly input: unknown;
}

/** The progress a call reports as soon as it runs: of a worker that is killed over a timeout nothing else would be known. */
export interface CallStart {
  readonly index: number;
  readonly pid: number;
  readonly attempt: number;
}

let loading: Promise<unknown> | null = null;

/**
 * The workers' initializer: imports the user's module, so that no input's time has that in it. That it failed is kept for
 * `checkMapped`: a worker that refused to start would be replaced by another that does the same.
 */
export async function prepareMapped(target: FunctionRef): Promise<void> {
  sendStdoutToStderr();
  loading = loadMapped(target);
  await loading.catch(() => {});
}

/** What a CommonJS module exports is not always seen as exports of its own, but always sits in the default one. */
async function loadMapped(target: FunctionRef): Promise<unknown> {
  try {
    return await loadExport(target);
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    return await loadExport({ ...target, export: `default.${target.export}` }).catch(() => {
      throw error;
    });
  }
}

/** Why no input can be run, in words; null if the function is there. */
export async function checkMapped(): Promise<string | null> {
  try {
    const mapped = await loading;
    return typeof mapped === 'function' ? null : `it is ${describeType(mapped)}; name an export that is a function`;
  } catch (error) {
    return error instanceof SerializationError
      ? error.message
      : `importing it failed; mend this first\n${inspect(error)}`;
  }
}

/** Calls the user's function with one input. Throws a TaskFailure for whatever it throws. */
export async function runMapped({ index, input }: MappedCall): Promise<SuccessText> {
  const task = currentTask();
  const attempts = task?.attempt ?? 1;
  // Without a deadline there is no timeout to tell about.
  if (task?.deadline != null) task.progress({ index, pid: process.pid, attempt: attempts } satisfies CallStart);
  const mapped = (await loading) as (input: unknown) => unknown;
  const start = performance.now();
  const endRun = (): Run => ({
    ms: performance.now() - start,
    pid: process.pid,
    attempts,
  });
  let result: unknown;
  try {
    result = await mapped(input);
  } catch (error) {
    throw new TaskFailure(error, endRun());
  }
  const run = endRun();
  try {
    return formatSuccess(toJson(result), run);
  } catch (error) {
    throw new TaskFailure(error, run);
  }
}

/** What JSON has no word for is an error, but for undefined, which is written as null. */
function toJson(result: unknown): string {
  try {
    const json = JSON.stringify(result === undefined ? null : result);
    if (json !== undefined) return json;
  } catch (error) {
    throw resultError((error as Error).message, error);
  }
  throw resultError(`it is ${describeType(result)}`);
}

function resultError(state: string, cause?: unknown): TypeError {
  const message = `Cannot write the result as JSON: ${state.split('\n')[0]}; return plain values`;
  return Object.assign(new TypeError(message, { cause }), { code: 'ERR_RESULT_NOT_JSON' });
}

function describeType(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}
