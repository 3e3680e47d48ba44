import { inspect } from 'node:util';
import type { Failure, Run } from './outcome.ts';

/**
 * What the user's function threw, as the output shows it, with what only its worker knows. An error that is thrown, so that the pool sees a failure
 * and retries it; a plain one with fields of its own, because a class would have to be looked up on the other side.
 */
export interface TaskFailure extends Error {
  readonly failure: Failure;
  readonly run: Run;
}

export function createTaskFailure(thrown: unknown, run: Run): TaskFailure {
  const failure = describeThrown(thrown);
  return Object.assign(new Error(failure.message), { failure, run });
}

export function isTaskFailure(error: unknown): error is TaskFailure {
  return error instanceof Error && 'failure' in error && 'run' in error;
}

/** Anything can be thrown, and reading an error can throw again. */
function describeThrown(thrown: unknown): Failure {
  try {
    if (!(thrown instanceof Error)) return { name: 'Error', message: `Thrown: ${inspect(thrown, { depth: 2 })}` };
    const { name, message, stack } = thrown;
    const { code } = thrown as { code?: unknown };
    return {
      name: String(name),
      message: String(message),
      ...(code !== undefined && { code: String(code) }),
      ...(stack !== undefined && { stack: String(stack) }),
    };
  } catch {
    return { name: 'Error', message: 'Thrown: a value that cannot be read' };
  }
}
