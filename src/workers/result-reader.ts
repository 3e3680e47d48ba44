import { ResultSerializationError } from '../errors/serialization-error.ts';
import type { PlainData } from '../memory/handle-kind.ts';
import { decode, discard } from '../wire/codec.ts';
import { DamagedMessageError } from '../wire/damaged-message.ts';
import type { LedgerAnswers } from './lane.ts';
import { Outbox } from './outbox.ts';
import type { Answer, ReplyWithBody } from './protocol.ts';
import type { Outcome, Task } from './task.ts';
import type { TaskStop } from './task-stop.ts';
import type { WorkerOwner } from './worker-owner.ts';

/** Turns what a worker answers into outcomes, in the order in which it was sent. */
export class ResultReader {
  /** What is being decoded, if that takes a turn: whatever comes later waits for it. */
  #last: Promise<void> | undefined;
  /** Tasks whose outcome is on its way through here. */
  readonly #waiting = new Set<Task>();
  readonly #onDamage: () => void;
  readonly #outbox: Outbox | undefined = Outbox.tryShare();

  /** `onDamage` is called before a message is reported that no worker of ours would send. */
  constructor(onDamage: () => void) {
    this.#onDamage = onDamage;
  }

  /** For the worker, whose messages keep there what they refer to; null without shared memory. */
  lendOutbox(): PlainData {
    return this.#outbox?.lend() ?? null;
  }

  /** The worker has ended, and nothing more comes from it. */
  close(): void {
    this.#outbox?.close();
  }

  get waiting(): Iterable<Task> {
    return this.#waiting;
  }

  /** Calls back at once where it can: only values whose modules are not loaded yet take a turn. */
  read(reply: Answer, body: Buffer, task: Task, done: (outcome: Outcome) => void): void {
    const onError = (error: unknown): void => done({ is: 'error', error });
    switch (reply.kind) {
      case 'value':
        if (body.length === 0) this.#inTurn(task, () => done({ is: 'value', value: reply.value }));
        else this.#decode(reply, body, task, (value) => done({ is: 'value', value }), onError);
        return;
      case 'error':
        this.#decode(reply, body, task, onError, onError);
        return;
      case 'unsendable':
        this.#inTurn(task, () => onError(resultError(reply, task)));
        return;
      default:
        reply satisfies never;
    }
  }

  /** Results that need no decoding; `stop` is for the first. Those that follow each other and are no tasks are told of together. */
  readLedger<W>(
    { batch, position, values, times }: LedgerAnswers,
    stop: TaskStop | undefined,
    owner: Pick<WorkerOwner<W>, 'areWatched' | 'onOutcome' | 'onValues'>,
  ): void {
    for (let i = 0; i < values.length; ) {
      // Telling runs code of the user's, which may make tasks of them.
      const isSingle = this.#last !== undefined || owner.areWatched();
      const task = isSingle ? batch.at(position + i) : batch.made(position + i);
      if (task) {
        const itsStop = i === 0 ? stop : undefined;
        if (this.#last) this.#valueInTurn(values[i], task, times[i] as number, itsStop, owner);
        else owner.onOutcome(task, { is: 'value', value: values[i] }, times[i] as number, itsStop);
        i += 1;
      } else {
        const end = batch.nextMade(position + i) - position;
        if (end >= values.length) owner.onValues(batch, position + i, values, i);
        else owner.onValues(batch, position + i, values.slice(i, end), 0);
        i = end;
      }
    }
  }

  #valueInTurn<W>(
    value: unknown,
    task: Task,
    ms: number,
    stop: TaskStop | undefined,
    owner: Pick<WorkerOwner<W>, 'onOutcome'>,
  ): void {
    this.#inTurn(task, () => owner.onOutcome(task, { is: 'value', value }, ms, stop));
  }

  /** What an initializer threw, or why that cannot be told. */
  readError(reply: ReplyWithBody, body: Buffer, done: (error: unknown) => void): void {
    this.#decode(reply, body, undefined, done, done);
  }

  readProgress(reply: ReplyWithBody, body: Buffer, task: Task | undefined): void {
    const onProgress = task?.kind.settings.onProgress;
    if (!onProgress || task?.state !== 'running') {
      const release = this.#takeKept(reply);
      discard(body);
      release?.();
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
    this.#decode(reply, body, task, report, throwLater);
  }

  /** What keeps the shared objects in a message is held here until it has been decoded. */
  #takeKept({ refers }: ReplyWithBody): (() => void) | undefined {
    const crate = refers && this.#outbox?.take();
    return crate && (() => this.#outbox?.drop(crate));
  }

  #decode(
    reply: ReplyWithBody,
    body: Buffer,
    task: Task | undefined,
    onValue: (value: unknown) => void,
    onError: (error: unknown) => void,
  ): void {
    const release = this.#takeKept(reply);
    this.#inTurn(task, () => {
      let value: unknown;
      try {
        value = decode(body);
      } catch (error) {
        release?.();
        if (error instanceof DamagedMessageError) this.#onDamage();
        onError(error);
        return;
      }
      if (value instanceof Promise) return value.finally(release).then(onValue, onError);
      release?.();
      return onValue(value);
    });
  }

  #inTurn(task: Task | undefined, act: () => Promise<void> | void): void {
    const pending = this.#last ? this.#last.then(act) : act();
    if (!pending) return;
    if (task) this.#waiting.add(task);
    const last: Promise<void> = pending.then(() => {
      if (task) this.#waiting.delete(task);
      if (this.#last === last) this.#last = undefined;
    });
    this.#last = last;
  }
}

/** How much an answer is, as its worker says: what was left out of it included. */
export function bytesOf(reply: Answer, { length }: Buffer): number {
  const leftOut = reply.kind === 'unsendable' ? 0 : Number(reply.leftOut ?? 0);
  return leftOut > 0 ? length + leftOut : length;
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
