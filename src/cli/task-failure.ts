import { inspect } from 'node:util';
import type { Failure, Run } from './outcome.ts';

/** What the user's function threw, as the output shows it, with what only its worker knows. Thrown so that the pool sees a failure and retries it. */
export class TaskFailure extends Error {
  readonly failure: Failure;
  readonly run: Run;

  constructor(thrown: unknown, run: Run) {
    const failure = describeThrown(thrown);
    super(failure.message);
    this.failure = failure;
    this.run = run;
  }

  static {
    this.prototype.name = 'TaskFailure';
  }
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

/** By its shape: where its class cannot be imported, it arrives as a plain Error with its fields. */
export function isTaskFailure(error: unknown): error is TaskFailure {
  return error instanceof Error && 'failure' in error && 'run' in error;
}
