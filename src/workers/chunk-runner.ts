import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel } from '../channel/channel.ts';
import { SerializationError } from '../errors/serialization-error.ts';
import { currentIdentity } from '../process/identity.ts';
import { importGuarded } from '../process/import-guard.ts';
import { runInContext } from '../process/task-context.ts';
import { decode, encode } from '../wire/codec.ts';
import { loadCall } from '../wire/load-call.ts';
import { describe, encodeThrown } from './encode-thrown.ts';
import type { RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';
import { RunningTask } from './running-task.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** How long tasks may follow each other without a turn of the event loop, in milliseconds: requests to abort wait for one. */
const TURN = 5;

/** Decoding that takes longer than this is told, so that it does not count as time of the task, in milliseconds. */
const SLOW = 2;

/** Runs the tasks of one chunk after another, in a worker. Each answer has left the process before the next task begins. */
export class ChunkRunner {
  readonly #channel: Channel<WorkerReply, WorkerRequest>;
  readonly #functions: Array<AnyFunction | undefined> = [];
  readonly #targets: RunRequest['target'][] = [];
  #chunk = -1;
  #index = 0;
  #running: RunningTask | undefined;
  /** Tasks of the chunk that were cancelled before they began. */
  readonly #skipped = new Set<number>();
  #isCutShort = false;
  /** Its parent thinks that the first task is out of time, while its values are still being loaded. */
  #isLate = false;
  #lastTurn = 0;

  constructor(channel: Channel<WorkerReply, WorkerRequest>) {
    this.#channel = channel;
  }

  async run(request: RunRequest, body: Buffer): Promise<void> {
    const { chunk, tasks } = request;
    this.#chunk = chunk;
    this.#index = 0;
    this.#isCutShort = false;
    this.#isLate = false;
    this.#skipped.clear();
    if (request.target) this.#tell(request.fn, request.target);
    const isLoading = !this.#functions[request.fn];
    this.#channel.send({ kind: 'begun', chunk, isLoading });
    this.#lastTurn = performance.now();
    let loaded: { fn: AnyFunction; values: unknown[] };
    try {
      loaded = await this.#load(request, body);
    } catch (error) {
      if (tasks.length > 1) this.#channel.send({ kind: 'undecodable', chunk });
      else this.#refuse(chunk, error);
      return;
    }
    if (isLoading || this.#isLate || performance.now() - this.#lastTurn > SLOW)
      this.#channel.send({ kind: 'loaded', chunk });
    for (; this.#index < tasks.length && !this.#isCutShort; this.#index += 1) {
      const index = this.#index;
      if (this.#skipped.has(index)) this.#channel.send({ kind: 'skipped', chunk, index, ms: 0 });
      else await this.#runTask(request, loaded.fn, loaded.values[index], index);
      if (performance.now() - this.#lastTurn > TURN) {
        await nextTurn();
        this.#lastTurn = performance.now();
      }
    }
    this.#channel.send({ kind: 'done', chunk, next: this.#index });
  }

  /** A number that was not used for long may stand for another function now. */
  #tell(fn: number, target: NonNullable<RunRequest['target']>): void {
    this.#targets[fn] = target;
    this.#functions[fn] = undefined;
  }

  abort({ chunk, index, reason }: Extract<WorkerRequest, { kind: 'abort' }>): void {
    if (chunk !== this.#chunk || index < this.#index) return;
    if (index === this.#index) this.#channel.send({ kind: 'heard', chunk, index });
    if (index === this.#index && this.#running) this.#abortRunning(this.#running, reason);
    else if (reason === 'cancel') this.#skipped.add(index);
    else this.#isLate = true;
  }

  #abortRunning(task: RunningTask, reason: 'timeout' | 'cancel'): void {
    if (reason === 'timeout' && task.isEarly) this.#channel.send({ kind: 'loaded', chunk: this.#chunk });
    else task.abort(reason);
  }

  cut({ chunk }: Extract<WorkerRequest, { kind: 'cut' }>): void {
    if (chunk === this.#chunk) this.#isCutShort = true;
  }

  async #load({ fn, target }: RunRequest, body: Buffer): Promise<{ fn: AnyFunction; values: unknown[] }> {
    const known = this.#functions[fn];
    const ref = target ?? this.#targets[fn];
    if (known) {
      const values = decode(body);
      // Only values with classes or functions of modules that are still to be imported take the long way.
      return {
        fn: known,
        values: (values instanceof Promise
          ? await importGuarded(ref?.module ?? '', () => values)
          : values) as unknown[],
      };
    }
    if (!ref) throw new TypeError(`Cannot run function ${fn}: this worker was never told which it is`);
    const [loaded, values] = await importGuarded(ref.module, () => loadCall(ref, body));
    this.#functions[fn] = loaded;
    return { fn: loaded, values: values as unknown[] };
  }

  async #runTask({ chunk, call, tasks }: RunRequest, fn: AnyFunction, value: unknown, index: number): Promise<void> {
    const task = new RunningTask(tasks[index] as RunRequest['tasks'][number], (value) =>
      this.#report(chunk, index, value),
    );
    this.#running = task;
    const start = performance.now();
    try {
      let result = runInContext(task, () => (call === 'item' ? fn(value) : fn(...(value as unknown[]))));
      if (isThenable(result)) result = await result;
      task.end();
      this.#answer(chunk, index, performance.now() - start, result);
    } catch (error) {
      task.end();
      const ms = performance.now() - start;
      this.#channel.send({ kind: 'error', chunk, index, ms }, encodeThrown(error, currentIdentity().name));
    }
    this.#running = undefined;
  }

  /** Progress is news, not a result: what cannot be sent is dropped with a warning. */
  #report(chunk: number, index: number, value: unknown): void {
    try {
      this.#channel.send({ kind: 'progress', chunk, index }, encode(value, 'progress'));
    } catch (error) {
      process.emitWarning((error as Error).message, { code: 'BROOD_PROGRESS_DROPPED' });
    }
  }

  #answer(chunk: number, index: number, ms: number, result: unknown): void {
    if (isKeptByJson(result)) {
      this.#channel.send({ kind: 'value', chunk, index, ms, value: result });
      return;
    }
    try {
      this.#channel.send({ kind: 'value', chunk, index, ms }, encode(result, 'result'));
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error;
      const { message, path } = error;
      this.#channel.send({ kind: 'unsendable', chunk, index, ms, message, path, value: describe(result) });
    }
  }

  /** The only task of a chunk whose function or value could not be loaded. */
  #refuse(chunk: number, error: unknown): void {
    this.#channel.send({ kind: 'error', chunk, index: 0, ms: 0 }, encodeThrown(error, currentIdentity().name));
    this.#channel.send({ kind: 'done', chunk, next: 1 });
  }
}

/** What `JSON.parse(JSON.stringify(value))` returns unchanged, as a member of an object. */
function isKeptByJson(value: unknown): boolean {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return true;
    case 'string':
      return value.length < 1024;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    default:
      return value === null;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
