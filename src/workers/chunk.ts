import { encode } from '../wire/codec.ts';
import type { RunRequest } from './protocol.ts';
import type { EncodedValue, Outcome, Task } from './task.ts';
import type { TaskSource } from './task-source.ts';

let count = 0;

/** Tasks of one source that a worker got together. It runs them in order; the answer to one begins the next. */
export class Chunk {
  readonly id: number;
  readonly source: TaskSource;
  readonly tasks: readonly Task[];
  /** Shared objects of the values, which must live until the worker has them. */
  readonly held: readonly object[];
  #index = 0;
  /** The worker has told that it has begun: what it is running is lost with it. Until then nothing is. */
  hasBegun = false;

  constructor(source: TaskSource, tasks: readonly Task[], held: readonly object[]) {
    count += 1;
    this.id = count;
    this.source = source;
    this.tasks = tasks;
    this.held = held;
  }

  get index(): number {
    return this.#index;
  }

  /** What the worker is running, as far as it has told; undefined once all have been answered. */
  get current(): Task | undefined {
    return this.tasks[this.#index];
  }

  advance(): Task | undefined {
    this.#index += 1;
    return this.current;
  }

  /** Those that have not begun. */
  get rest(): readonly Task[] {
    return this.tasks.slice(this.#index + 1);
  }

  toRequest(fn: number, isNew: boolean): RunRequest {
    const { target, call } = this.source.kind;
    return {
      kind: 'run',
      chunk: this.id,
      fn,
      ...(isNew && { target }),
      call,
      tasks: this.tasks.map(({ id, attempt, kind }) => ({
        id,
        attempt: attempt + 1,
        timeout: finite(kind.settings.timeout),
      })),
    };
  }
}

export interface EncodedValues {
  readonly value: EncodedValue;
  readonly sendable: Task[];
  readonly refused: Array<[Task, Outcome]>;
}

/** The bytes of a chunk's values, an array; and those tasks whose value cannot cross, each with the reason. */
export function encodeValues(tasks: readonly Task[]): EncodedValues {
  const [first] = tasks;
  if (tasks.length === 1 && first && 'bytes' in first.input)
    return { value: first.input, sendable: [first], refused: [] };
  try {
    return { value: encodeAll(tasks), sendable: [...tasks], refused: [] };
  } catch {
    const sendable: Task[] = [];
    const refused: Array<[Task, Outcome]> = [];
    for (const task of tasks) {
      try {
        encodeAll([task]);
        sendable.push(task);
      } catch (error) {
        refused.push([task, { is: 'error', error }]);
      }
    }
    return encodeRest(sendable, refused);
  }
}

/** A value that is another one at each look may pass alone and not together with the others. */
function encodeRest(sendable: Task[], refused: Array<[Task, Outcome]>): EncodedValues {
  try {
    return { value: encodeAll(sendable), sendable, refused };
  } catch (error) {
    for (const task of sendable) refused.push([task, { is: 'error', error }]);
    return { value: { bytes: Buffer.alloc(0), held: [] }, sendable: [], refused };
  }
}

/** The bytes of one value, as a chunk of its own. */
export function encodeValue(value: unknown, path: string): EncodedValue {
  const held: object[] = [];
  return { bytes: encode([value], () => path, { carriage: 'lent', held }), held };
}

function encodeAll(tasks: readonly Task[]): EncodedValue {
  const held: object[] = [];
  const bytes = encode(tasks.map(inputOf), (index) => tasks[index]?.path ?? '', { carriage: 'lent', held });
  return { bytes, held };
}

function inputOf({ input }: Task): unknown {
  return 'value' in input ? input.value : undefined;
}

function finite(timeout: number): number | null {
  return Number.isFinite(timeout) ? timeout : null;
}
