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
  #index = 0;
  /** The worker has told that it has begun: what it is running is lost with it. Until then nothing is. */
  hasBegun = false;

  constructor(source: TaskSource, tasks: readonly Task[]) {
    count += 1;
    this.id = count;
    this.source = source;
    this.tasks = tasks;
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

/** The bytes of a chunk's values, an array; and those tasks whose value cannot cross, each with the reason. */
export function encodeValues(tasks: readonly Task[]): {
  body: Buffer;
  sendable: Task[];
  refused: Array<[Task, Outcome]>;
} {
  const [first] = tasks;
  if (tasks.length === 1 && first && 'bytes' in first.input)
    return { body: first.input.bytes, sendable: [first], refused: [] };
  try {
    return { body: encodeAll(tasks), sendable: [...tasks], refused: [] };
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
function encodeRest(sendable: Task[], refused: Array<[Task, Outcome]>): ReturnType<typeof encodeValues> {
  try {
    return { body: encodeAll(sendable), sendable, refused };
  } catch (error) {
    for (const task of sendable) refused.push([task, { is: 'error', error }]);
    return { body: Buffer.alloc(0), sendable: [], refused };
  }
}

/** The bytes of one value, as a chunk of its own. */
export function encodeValue(value: unknown, path: string): EncodedValue {
  const held: object[] = [];
  return { bytes: encode([value], () => path, { carriage: 'lent', held }), held };
}

function encodeAll(tasks: readonly Task[]): Buffer {
  return encode(tasks.map(inputOf), (index) => tasks[index]?.path ?? '', { carriage: 'lent' });
}

function inputOf({ input }: Task): unknown {
  return 'value' in input ? input.value : undefined;
}

function finite(timeout: number): number | null {
  return Number.isFinite(timeout) ? timeout : null;
}
