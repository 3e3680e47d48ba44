import { ResultSerializationError } from '../errors/serialization-error.ts';
import { decode, discard } from '../wire/codec.ts';
import { DamagedMessageError } from '../wire/damaged-message.ts';
import type { WorkerReply } from './protocol.ts';
import type { Outcome, Task } from './task.ts';

type Answer = Extract<WorkerReply, { index: number; ms: number }>;

/** Turns what a worker answers into outcomes, in the order in which it was sent. */
export class ResultReader {
  /** What is being decoded, if that takes a turn: whatever comes later waits for it. */
  #last: Promise<void> | undefined;
  readonly #onDamage: () => void;

  /** `onDamage` is called before a message is reported that no worker of ours would send. */
  constructor(onDamage: () => void) {
    this.#onDamage = onDamage;
  }

  /** Calls back at once where it can: only values whose modules are not loaded yet take a turn. */
  read(reply: Answer, body: Buffer, task: Task, done: (outcome: Outcome) => void): void {
    const onError = (error: unknown): void => done({ is: 'error', error });
    switch (reply.kind) {
      case 'value':
        if (body.length === 0) this.#inTurn(() => done({ is: 'value', value: reply.value }));
        else this.#decode(body, (value) => done({ is: 'value', value }), onError);
        return;
      case 'error':
        this.#decode(body, onError, onError);
        return;
      case 'unsendable':
        this.#inTurn(() => onError(resultError(reply, task)));
        return;
      case 'skipped':
        return; // It was settled when it was cancelled.
      default:
        reply satisfies never;
    }
  }

  readProgress(task: Task | undefined, body: Buffer): void {
    const onProgress = task?.kind.settings.onProgress;
    if (!onProgress || task?.state !== 'running') {
      discard(body);
      return;
    }
    // A listener that throws is a bug of its own, reported like any other; the task goes on.
    const report = (value: unknown): void => {
      try {
        onProgress(value);
      } catch (error) {
        throwLater(error);
      }
    };
    this.#decode(body, report, throwLater);
  }

  #decode(body: Buffer, onValue: (value: unknown) => void, onError: (error: unknown) => void): void {
    this.#inTurn(() => {
      let value: unknown;
      try {
        value = decode(body);
      } catch (error) {
        if (error instanceof DamagedMessageError) this.#onDamage();
        onError(error);
        return;
      }
      if (value instanceof Promise) return value.then(onValue, onError);
      return onValue(value);
    });
  }

  #inTurn(act: () => Promise<void> | void): void {
    const pending = this.#last ? this.#last.then(act) : act();
    if (!pending) return;
    const last: Promise<void> = pending.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
    this.#last = last;
  }
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function resultError(
  { message, path, value }: Extract<Answer, { kind: 'unsendable' }>,
  { id, kind }: Task,
): ResultSerializationError {
  return new ResultSerializationError(`Cannot return the result of task ${id} ("${kind.target.export}"): ${message}`, {
    path,
    value,
  });
}
