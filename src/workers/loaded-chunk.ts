import { importGuarded } from '../process/import-guard.ts';
import type { List } from '../util/packed-numbers.ts';
import { decode, decodeList } from '../wire/codec.ts';
import { loadCallee } from '../wire/load-call.ts';
import type { RunRequest } from './protocol.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** A chunk whose function is there. */
export interface LoadedChunk {
  /** Calls the function with the value of a task. */
  readonly call: (value: unknown) => unknown;
  /** Where they were sent as one. */
  readonly values?: List;
  /** The value of a task. A promise where modules have to be loaded for it; throws, or rejects, if it cannot be made. */
  inputOf(index: number): unknown;
}

/** Functions that this worker was told of, by number, and what it gets to call them with. */
export class ChunkLoader {
  readonly #functions: Array<AnyFunction | undefined> = [];
  readonly #targets: RunRequest['target'][] = [];

  /** In the order of the requests: a number that was not used for long may stand for another function now. */
  tell({ fn, target }: RunRequest): void {
    if (!target) return;
    this.#targets[fn] = target;
    this.#functions[fn] = undefined;
  }

  isLoaded({ fn }: RunRequest): boolean {
    return this.#functions[fn] !== undefined;
  }

  /** Rejects as the import of the function does, or where the values are one body, as their decoding. */
  async load({ fn, call, lengths }: RunRequest, body: Buffer): Promise<LoadedChunk> {
    const ref = this.#targets[fn];
    if (!ref) throw new TypeError(`Cannot run function ${fn}: this worker was never told which it is`);
    const isLoaded = this.#functions[fn] !== undefined;
    // The function's module comes first: it may register the classes of the values.
    this.#functions[fn] ??= await importGuarded(ref.module, () => loadCallee(ref));
    const callee = callOf(this.#functions[fn], call);
    // Only values with classes or functions of modules that are still to be imported take the long way.
    const guarded = (value: unknown): unknown =>
      value instanceof Promise ? importGuarded(ref.module, () => value) : value;
    if (lengths) {
      const starts = startsOf(lengths);
      return {
        call: callee,
        inputOf: (index) => guarded(decode(body.subarray(starts[index] as number, starts[index + 1] as number))),
      };
    }
    const load = async (): Promise<unknown> => decodeList(body);
    const values = isLoaded ? guarded(decodeList(body)) : importGuarded(ref.module, load);
    const list = (values instanceof Promise ? await values : values) as List;
    return { call: callee, values: list, inputOf: (index) => list[index] };
  }
}

function callOf(fn: AnyFunction, call: RunRequest['call']): LoadedChunk['call'] {
  return call === 'item' ? fn : (value) => fn(...argumentsIn(value));
}

function argumentsIn(item: unknown): unknown[] {
  if (Array.isArray(item)) return item;
  throw new TypeError(
    `Cannot call with an item of type ${typeof item}: starmap() takes an array of arguments for each call`,
  );
}

function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push((starts.at(-1) as number) + length);
  return starts;
}
