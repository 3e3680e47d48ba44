import { ResultSerializationError } from '../errors/serialization-error.ts';
import { decode } from '../wire/codec.ts';
import type { WorkerReply } from './protocol.ts';
import type { Outcome, Task } from './task.ts';

type Answer = Extract<WorkerReply, { index: number; ms: number }>;

/** Turns what a worker answers into outcomes. */
export class ResultReader {
  /** Calls back at once where it can: only values whose modules are not loaded yet take a turn. */
  read(reply: Answer, body: Buffer, task: Task, done: (outcome: Outcome) => void): void {
    switch (reply.kind) {
      case 'value':
        if (body.length === 0) done({ is: 'value', value: reply.value });
        else decodeInto(body, (value) => done({ is: 'value', value }), (error) => done({ is: 'error', error }));
        return;
      case 'error':
        decodeInto(body, (error) => done({ is: 'error', error }), (error) => done({ is: 'error', error }));
        return;
      case 'unsendable':
        done({ is: 'error', error: resultError(reply, task) });
        return;
      case 'skipped':
        return; // It was settled when it was cancelled.
      default:
        reply satisfies never;
    }
  }

  readProgress(task: Task | undefined, body: Buffer): void {
    const onProgress = task?.kind.settings.onProgress;
    if (!onProgress || task?.state !== 'running') return;
    // A listener that throws is a bug of its own, reported like any other; the task goes on.
    const report = (value: unknown): void => queueMicrotask(() => onProgress(value));
    decodeInto(body, report, (error) => queueMicrotask(() => { throw error; }));
  }
}

function decodeInto(body: Buffer, onValue: (value: unknown) => void, onError: (error: unknown) => void): void {
  let value: unknown;
  try {
    value = decode(body);
  } catch (error) {
    onError(error);
    return;
  }
  if (value instanceof Promise) value.then(onValue, onError);
  else onValue(value);
}

function resultError({ message, path, value }: Extract<Answer, { kind: 'unsendable' }>, { id, kind }: Task): ResultSerializationError {
  return new ResultSerializationError(`Cannot return the result of task ${id} ("${kind.target.export}"): ${message}`, { path, value });
}
