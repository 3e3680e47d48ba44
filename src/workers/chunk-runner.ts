import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChildChannel } from '../channel/channel.ts';
import { areContextsWanted, offerRunningTask, runInContext } from '../process/task-context.ts';
import { Deque } from '../util/deque.ts';
import { encode } from '../wire/codec.ts';
import { Answers } from './answers.ts';
import type { Ledger } from './ledger.ts';
import { type AnyFunction, ChunkLoader, type LoadedChunk } from './loaded-chunk.ts';
import type { RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';
import { RunningTask } from './running-task.ts';
import { taskScope } from './task-scope.ts';

/** How long tasks may follow each other without a turn of the event loop, in milliseconds: requests to abort wait for one. */
const TURN = 5;

/** Decoding that takes longer than this is told, so that it does not count as time of the task, in milliseconds. */
const SLOW = 2;

/** An end that comes with more than this share of the time still left was asked for too early. */
const EARLY = 1 / 5;

/** The task that is being run. */
interface Current {
  readonly seq: number;
  readonly request: RunRequest;
  readonly start: number;
  /** What it finds in `currentTask()`; made when somebody first looks at it, or listens. */
  task: RunningTask | undefined;
}

/** Runs the tasks of one chunk after another, in a worker, those that it can claim. */
export class ChunkRunner {
  readonly #channel: ChildChannel<WorkerReply, WorkerRequest>;
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #loader = new ChunkLoader();
  readonly #inbox = new Deque<{ readonly request: RunRequest; readonly body: Buffer; readonly onDone: () => void }>();
  #isWorking = false;
  #current: Current | undefined;
  /** A task of which its parent thinks that it is out of time, before it has begun. */
  #late: number | undefined;
  #lastTurn = 0;

  constructor(channel: ChildChannel<WorkerReply, WorkerRequest>, ledger: Ledger) {
    this.#channel = channel;
    this.#ledger = ledger;
    this.#answers = new Answers(channel, ledger);
    offerRunningTask(() => this.#current && this.#contextOf(this.#current));
  }

  /** Resolves once `body` is not needed any more. */
  accept(request: RunRequest, body: Buffer): Promise<void> {
    if (!this.#ledger.isShared) for (let i = 0; i < request.count; i += 1) this.#ledger.open(request.first + i);
    return new Promise((onDone) => {
      this.#inbox.push({ request, body, onDone });
      if (!this.#isWorking) void this.#work();
    });
  }

  abort({ seq, reason }: Extract<WorkerRequest, { kind: 'abort' }>): void {
    this.#channel.send({ kind: 'heard', seq });
    if (this.#current?.seq === seq) this.#abortCurrent(this.#current, reason);
    else if (reason === 'cancel') this.withdraw([seq]);
    else this.#late = seq;
  }

  withdraw(seqs: readonly number[]): void {
    const withdrawn = seqs.filter((seq) => this.#ledger.tryTakeBack(seq));
    if (withdrawn.length > 0) this.#channel.send({ kind: 'withdrawn', seqs: withdrawn });
  }

  #abortCurrent(current: Current, reason: 'timeout' | 'cancel'): void {
    const { timeout } = current.request;
    const isEarly = timeout !== undefined && current.start + timeout - performance.now() > timeout * EARLY;
    // Its parent counts the time from when it sent the task: by far too early where this process was slow to take it.
    if (reason === 'timeout' && isEarly) this.#channel.send({ kind: 'loaded', seq: current.seq });
    else this.#contextOf(current).abort(reason);
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      await this.#run(next.request, next.body);
      next.onDone();
    }
    this.#isWorking = false;
    this.#answers.tell();
    this.#channel.rest();
  }

  async #run(request: RunRequest, body: Buffer): Promise<void> {
    const { first, timeout } = request;
    this.#loader.tell(request);
    const isLoading = !this.#loader.isLoaded(request);
    const isTimed = timeout !== undefined;
    if (isTimed || !this.#ledger.isShared) this.#channel.send({ kind: 'begun', seq: first, isLoading });
    this.#lastTurn = performance.now();
    let loaded: LoadedChunk;
    try {
      loaded = await this.#loader.load(request, body);
    } catch (error) {
      this.#refuse(request, error);
      return;
    }
    if (isTimed && (isLoading || performance.now() - this.#lastTurn > SLOW))
      this.#channel.send({ kind: 'loaded', seq: first });
    await this.#runAll(request, loaded);
  }

  async #runAll(request: RunRequest, { fn, inputOf }: LoadedChunk): Promise<void> {
    const { first, count } = request;
    let now = performance.now();
    for (let index = 0; index < count; index += 1) {
      const seq = first + index;
      if (!this.#ledger.tryBegin(seq)) continue;
      if (this.#late === seq) this.#channel.send({ kind: 'loaded', seq });
      const current: Current = { seq, request, start: now, task: undefined };
      this.#current = current;
      try {
        let value = inputOf(index);
        if (value instanceof Promise) value = await value;
        let result = this.#call(current, fn, value);
        if (isThenable(result)) {
          this.#answers.tell();
          result = await result;
        }
        current.task?.end();
        now = performance.now();
        if (current.task?.hasReported) this.#answers.message(seq, now - current.start, result);
        else this.#answers.value(seq, now - current.start, result, now);
      } catch (error) {
        current.task?.end();
        now = performance.now();
        this.#answers.error(seq, now - current.start, error);
      }
      this.#current = undefined;
      if (now - this.#lastTurn > TURN) {
        this.#answers.tell();
        await nextTurn();
        now = performance.now();
        this.#lastTurn = now;
      }
    }
  }

  #call(current: Current, fn: AnyFunction, value: unknown): unknown {
    const { request, seq } = current;
    const carrier = request.carriers?.[seq - request.first];
    const scope = carrier && taskScope();
    return scope
      ? scope.run(carrier, () => this.#callInContext(current, fn, value))
      : this.#callInContext(current, fn, value);
  }

  #callInContext(current: Current, fn: AnyFunction, value: unknown): unknown {
    const isItem = current.request.call === 'item';
    if (!areContextsWanted()) return isItem ? fn(value) : fn(...(value as unknown[]));
    return runInContext(this.#contextOf(current), () => (isItem ? fn(value) : fn(...(value as unknown[]))));
  }

  #contextOf(current: Current): RunningTask {
    const { seq, request, start } = current;
    const index = seq - request.first;
    current.task ??= new RunningTask(
      {
        id: typeof request.ids === 'number' ? request.ids + index : (request.ids[index] as number),
        attempt: request.attempts?.[index] ?? 1,
        timeout: request.timeout,
        start,
      },
      (value) => this.#report(seq, value),
    );
    return current.task;
  }

  /** Progress is news, not a result: what cannot be sent is dropped with a warning. */
  #report(seq: number, value: unknown): void {
    try {
      this.#channel.send({ kind: 'progress', seq }, encode(value, 'progress'));
    } catch (error) {
      process.emitWarning((error as Error).message, { code: 'BROOD_PROGRESS_DROPPED' });
    }
  }

  /** Function or values could not be loaded: nobody can tell whose fault it is, unless there is only one task. */
  #refuse({ first, count }: RunRequest, error: unknown): void {
    if (count === 1) {
      if (this.#ledger.tryBegin(first)) this.#answers.error(first, 0, error);
      return;
    }
    const seqs: number[] = [];
    for (let seq = first; seq < first + count; seq += 1) if (this.#ledger.tryTakeBack(seq)) seqs.push(seq);
    if (seqs.length > 0) this.#channel.send({ kind: 'undecodable', seqs });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
