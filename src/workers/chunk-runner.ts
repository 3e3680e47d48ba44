import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChildChannel } from '../channel/channel.ts';
import { areContextsWanted, enterContext, offerRunningTask } from '../process/task-context.ts';
import { Deque } from '../util/deque.ts';
import { encode } from '../wire/codec.ts';
import { Answers } from './answers.ts';
import { CurrentTask } from './current-task.ts';
import { ItemLoop, isThenable } from './item-loop.ts';
import type { Ledger } from './ledger.ts';
import { ChunkLoader, type LoadedChunk } from './loaded-chunk.ts';
import type { RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';
import type { Replies } from './replies.ts';
import { RunningTask } from './running-task.ts';
import { taskScope } from './task-scope.ts';

/** How long tasks may follow each other without a turn of the event loop, in milliseconds: requests to abort wait for one. */
const TURN = 5;

/** Decoding that takes longer than this is told, so that it does not count as time of the task, in milliseconds. */
const SLOW = 2;

/** An end that comes with more than this share of the time still left was asked for too early. */
const EARLY = 1 / 5;

/** Runs the tasks of one chunk after another, in a worker, those that it can claim. */
export class ChunkRunner {
  readonly #channel: ChildChannel<WorkerReply, WorkerRequest>;
  readonly #replies: Replies;
  readonly #ledger: Ledger;
  readonly #answers: Answers;
  readonly #loader = new ChunkLoader();
  readonly #inbox = new Deque<{ readonly request: RunRequest; readonly body: Buffer; readonly onDone: () => void }>();
  #isWorking = false;
  #current: CurrentTask | undefined;
  /** A task of which its parent thinks that it is out of time, before it has begun. */
  #late: number | undefined;
  #lastTurn = 0;
  /** When the clock was last looked at. */
  #now = 0;

  constructor(channel: ChildChannel<WorkerReply, WorkerRequest>, replies: Replies, ledger: Ledger) {
    this.#channel = channel;
    this.#replies = replies;
    this.#ledger = ledger;
    this.#answers = new Answers(replies, ledger);
    offerRunningTask(() => (this.#current?.isEntered ? undefined : this.#current?.context));
  }

  /** Resolves once `body` is not needed any more. */
  accept(request: RunRequest, body: Buffer): Promise<void> {
    if (!this.#ledger.isShared) this.#ledger.open(request.first, request.count);
    return new Promise((onDone) => {
      this.#inbox.push({ request, body, onDone });
      if (!this.#isWorking) void this.#work();
    });
  }

  abort({ seq, reason }: Extract<WorkerRequest, { kind: 'abort' }>): void {
    this.#channel.send({ kind: 'heard', seq });
    const current = this.#current;
    if (current?.seq === seq) {
      if (reason === 'timeout' && this.#hasTimeLeft(current)) this.#channel.send({ kind: 'loaded', seq });
      else current.context.abort(reason);
    } else if (reason === 'cancel') this.withdraw([seq]);
    else this.#late = seq;
  }

  withdraw(seqs: readonly number[]): void {
    const withdrawn = seqs.filter((seq) => this.#ledger.tryRefuse(seq));
    if (withdrawn.length > 0) this.#channel.send({ kind: 'withdrawn', seqs: withdrawn });
  }

  /** Its parent counts the time from when it sent the task: by far too early where this process was slow to take it. */
  #hasTimeLeft({ start, context: { deadline } }: CurrentTask): boolean {
    return deadline !== null && deadline - performance.now() > (deadline - start) * EARLY;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
      await this.#run(next.request, next.body);
      this.#answers.onChunkEnd(this.#now);
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

  async #runAll(request: RunRequest, loaded: LoadedChunk): Promise<void> {
    const { first, count, timeout, carriers } = request;
    // Nothing has to be known of a task before it ends.
    const isPlain = loaded.values && timeout === undefined && !carriers && this.#ledger.isShared;
    const make = (current: CurrentTask): RunningTask => this.#createTask(current, request);
    const begin = (seq: number): CurrentTask => this.#begin(seq, make);
    const loop = new ItemLoop(this.#ledger, this.#answers, begin);
    this.#now = performance.now();
    for (let index = 0; index < count; ) {
      if (isPlain) {
        const { index: reached, begun } = loop.run(loaded, first, index, this.#lastTurn + TURN);
        if (areContextsWanted()) enterContext(undefined);
        if (begun) await this.#finishLater(begun.current, begun.promise);
        index = begun ? reached + 1 : reached;
        this.#now = performance.now();
      } else {
        if (this.#ledger.tryBegin(first + index)) {
          const pending = this.#runOne(begin(first + index), loaded, index, carriers?.[index]);
          if (pending) await pending;
        }
        index += 1;
      }
      this.#current = undefined;
      if (this.#now - this.#lastTurn > TURN) {
        this.#answers.tell();
        await nextTurn();
        this.#now = performance.now();
        this.#lastTurn = this.#now;
      }
    }
  }

  #begin(seq: number, make: (current: CurrentTask) => RunningTask): CurrentTask {
    if (this.#late === seq) this.#channel.send({ kind: 'loaded', seq });
    this.#current = new CurrentTask(seq, this.#now, make);
    return this.#current;
  }

  /** A promise if the value or the result has to be waited for. */
  #runOne(
    current: CurrentTask,
    { call, inputOf }: LoadedChunk,
    index: number,
    carrier: NonNullable<RunRequest['carriers']>[number] | undefined,
  ): Promise<void> | undefined {
    const scope = carrier && taskScope();
    const callInScope = (value: unknown): unknown => (scope ? scope.run(carrier, () => call(value)) : call(value));
    const run = (value: unknown): unknown => {
      if (!areContextsWanted()) return callInScope(value);
      current.enter();
      try {
        return callInScope(value);
      } finally {
        enterContext(undefined);
      }
    };
    try {
      const value = inputOf(index);
      const result = value instanceof Promise ? value.then(run) : run(value);
      if (isThenable(result)) return this.#finishLater(current, result);
      this.#finish(current, result);
    } catch (error) {
      this.#fail(current, error);
    }
    return undefined;
  }

  async #finishLater(current: CurrentTask, promise: PromiseLike<unknown>): Promise<void> {
    this.#answers.tell();
    try {
      this.#finish(current, await promise);
    } catch (error) {
      this.#fail(current, error);
    }
  }

  #finish({ seq, start, task }: CurrentTask, result: unknown): void {
    task?.end();
    this.#now = performance.now();
    if (task?.hasReported) this.#answers.message(seq, this.#now - start, result);
    else this.#answers.value(seq, this.#now - start, result);
    this.#answers.settle(seq, this.#now);
  }

  #fail({ seq, start, task }: CurrentTask, error: unknown): void {
    task?.end();
    this.#now = performance.now();
    this.#answers.error(seq, this.#now - start, error);
  }

  #createTask({ seq, start }: CurrentTask, { first, ids, attempts, timeout }: RunRequest): RunningTask {
    const index = seq - first;
    const id = typeof ids === 'number' ? ids + index : (ids[index] as number);
    const report = (value: unknown): void => this.#report(seq, value);
    return new RunningTask({ id, attempt: attempts?.[index] ?? 1, timeout, start }, report);
  }

  /** Progress is news, not a result: what cannot be sent is dropped with a warning. */
  #report(seq: number, value: unknown): void {
    try {
      this.#replies.sendValue({ kind: 'progress', seq }, (options) => encode(value, 'progress', options));
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
    for (let seq = first; seq < first + count; seq += 1) if (this.#ledger.tryRefuse(seq)) seqs.push(seq);
    if (seqs.length > 0) this.#channel.send({ kind: 'undecodable', seqs });
  }
}
