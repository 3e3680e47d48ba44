import type { FunctionRef } from '../functions/function-ref.ts';
import { currentTask } from '../process/current-task.ts';
import { formatSuccess, type Run, type SuccessText } from './outcome.ts';
import { sendStdoutToStderr } from './stdout-to-stderr.ts';
import { createTaskFailure } from './task-failure.ts';
import { describeType, loadUserFunction, type UserFunction } from './user-function.ts';

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

let mapped: UserFunction = { kind: 'unusable', why: 'it was never imported; run prepareMapped first' };

/**
 * The workers' initializer: imports the user's module, so that no input's time has that in it. That it failed is kept for
 * `checkMapped`: a worker that refused to start would be replaced by another that does the same.
 */
export async function prepareMapped(ref: FunctionRef): Promise<void> {
  sendStdoutToStderr();
  mapped = await loadUserFunction(ref);
}

/** Why no input can be run, in words; null if the function is there. */
export function checkMapped(): string | null {
  return mapped.kind === 'unusable' ? mapped.why : null;
}

/** Calls the user's function with one input. Throws a TaskFailure for whatever it throws. */
export async function runMapped({ index, input }: MappedCall): Promise<SuccessText> {
  if (mapped.kind === 'unusable') throw new Error(mapped.why);
  const { call } = mapped;
  const task = currentTask();
  const attempts = task?.attempt ?? 1;
  // Without a deadline there is no timeout to tell about.
  if (task?.deadline != null) task.progress({ index, pid: process.pid, attempt: attempts } satisfies CallStart);
  const start = performance.now();
  const endRun = (): Run => ({ ms: performance.now() - start, pid: process.pid, attempts });
  let result: unknown;
  try {
    result = await call(input);
  } catch (error) {
    throw createTaskFailure(error, endRun());
  }
  const run = endRun();
  try {
    return formatSuccess(toJson(result), run);
  } catch (error) {
    throw createTaskFailure(error, run);
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
