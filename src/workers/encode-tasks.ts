import { encode } from '../wire/codec.ts';
import { isLeaf } from '../wire/members.ts';
import { EncodedValue, type Outcome, type Task } from './task.ts';

/** The inputs of several tasks as one body. */
export interface EncodedTasks {
  readonly sendable: readonly Task[];
  readonly body: readonly Uint8Array[];
  /** How many bytes of the body each input takes; absent if the body is one array of all. */
  readonly lengths: readonly number[] | undefined;
  /** Shared objects in it, which must live until the worker has it. */
  readonly held: readonly object[];
  /** Tasks whose input cannot cross, each with the reason. */
  readonly refused: ReadonlyArray<readonly [Task, Outcome]>;
}

/**
 * Takes the inputs as they are now. Encoding runs code of the user's, which may settle any of the tasks meanwhile: those that
 * it has are neither sendable nor refused.
 */
export function encodeTasks(tasks: readonly Task[]): EncodedTasks {
  const encoded = tasks.some(({ input }) => input instanceof EncodedValue) ? encodeEach(tasks) : encodeTogether(tasks);
  if (encoded.sendable.every(isQueued)) return encoded;
  const again = encodeTasks(encoded.sendable.filter(isQueued));
  return { ...again, refused: [...encoded.refused, ...again.refused] };
}

const NONE: readonly unknown[] = Object.freeze([]);

/** A call's arguments as they are now, as the input of a task. Throws a SerializationError at `path` if one cannot cross. */
export function takeInput(args: readonly unknown[], path: string): readonly unknown[] | EncodedValue {
  if (args.length === 0) return NONE;
  // What nobody can change need not be encoded yet: later it costs a tenth of that, together with others.
  return args.every(isLeaf) ? [...args] : encodeValue(args, path);
}

function encodeValue(value: unknown, path: string): EncodedValue {
  const held: object[] = [];
  return new EncodedValue(encode(value, path, { carriage: 'lent', held }), held);
}

function encodeTogether(tasks: readonly Task[]): EncodedTasks {
  const held: object[] = [];
  try {
    const bytes = encode(tasks.map(inputOf), (index) => tasks[index]?.path ?? '', { carriage: 'lent', held });
    return { sendable: tasks, body: [bytes], lengths: undefined, held, refused: [] };
  } catch {
    return encodeEach(tasks);
  }
}

function encodeEach(tasks: readonly Task[]): EncodedTasks {
  const sendable: Task[] = [];
  const body: Uint8Array[] = [];
  const held: object[] = [];
  const refused: Array<readonly [Task, Outcome]> = [];
  for (const task of tasks) {
    try {
      const encoded = task.input instanceof EncodedValue ? task.input : encodeValue(task.input, task.path);
      sendable.push(task);
      body.push(encoded.bytes);
      held.push(...encoded.held);
    } catch (error) {
      refused.push([task, { is: 'error', error }]);
    }
  }
  return { sendable, body, lengths: body.map(({ byteLength }) => byteLength), held, refused };
}

function inputOf({ input }: Task): unknown {
  return input;
}

function isQueued({ state }: Task): boolean {
  return state === 'queued';
}
