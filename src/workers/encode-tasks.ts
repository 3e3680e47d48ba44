import { bytesLeftOut } from '../memory/buffer-block.ts';
import { endLeases } from '../memory/lease.ts';
import type { List } from '../util/packed-numbers.ts';
import { encode } from '../wire/codec.ts';
import { isLeaf } from '../wire/members.ts';
import { type Batch, TaskList } from './batch.ts';
import { EncodedValue, NO_INDEX, type Outcome, pathOf, Task, type TaskKind, type TaskOwner } from './task.ts';

/** The inputs of several tasks as one body. */
export interface EncodedTasks {
  readonly sendable: Batch;
  readonly body: readonly Uint8Array[];
  /** How many bytes of the body each input takes; absent if the body is one array of all. */
  readonly lengths: readonly number[] | undefined;
  /** What was made for this body alone: it must live until the worker has it, and leases in it are to be ended then. */
  readonly held: readonly object[];
  /** Tasks whose input cannot cross, each with the reason. */
  readonly refused: ReadonlyArray<readonly [Task, Outcome]>;
}

/**
 * Takes the inputs as they are now. Encoding runs code of the user's, which may settle any of the tasks meanwhile: those that
 * it has are neither sendable nor refused.
 */
export function encodeTasks(batch: Batch): EncodedTasks {
  const { inputs } = batch;
  const isTaken = batch.mayBeEncoded && inputs.some((input) => input instanceof EncodedValue);
  const encoded = isTaken ? encodeEach(batch, inputs) : encodeTogether(batch, inputs);
  const waiting = encoded.sendable.waiting();
  if (waiting === encoded.sendable) return encoded;
  endLeases(encoded.held);
  const again = encodeTasks(waiting);
  return { ...again, refused: [...encoded.refused, ...again.refused] };
}

const NONE: readonly unknown[] = Object.freeze([]);

/** How a function is called with these: a single argument needs no array around it. */
export function callOf(args: readonly unknown[]): TaskKind['call'] {
  return args.length === 1 ? 'item' : 'args';
}

/** A call with the arguments as they are now. Throws a SerializationError for one that cannot cross. */
export function createCall(kind: TaskKind, args: readonly unknown[], owner: TaskOwner): Task {
  return new Task(kind, kind.call === 'item' ? takeArgument(args[0]) : takeArguments(args), NO_INDEX, owner);
}

// What nobody can change need not be encoded yet: later it costs a tenth of that, together with others.

function takeArgument(argument: unknown): unknown {
  return isLeaf(argument) ? argument : encodeValue(argument, pathOf('item', NO_INDEX));
}

function takeArguments(args: readonly unknown[]): readonly unknown[] | EncodedValue {
  if (args.length === 0) return NONE;
  return args.every(isLeaf) ? args.slice() : encodeValue(args, pathOf('args', NO_INDEX));
}

function encodeValue(value: unknown, path: string): EncodedValue {
  const held: object[] = [];
  return new EncodedValue(encode(value, path, { carriage: 'lent', held, leavesOut: true }), held);
}

function encodeTogether(batch: Batch, inputs: List): EncodedTasks {
  const held: object[] = [];
  try {
    const bytes = encode(inputs, (position) => batch.pathOf(position), { carriage: 'lent', held, leavesOut: true });
    batch.kind.cost.recordInputs(batch.length, bytes.byteLength + bytesLeftOut(held));
    return { sendable: batch, body: [bytes], lengths: undefined, held, refused: [] };
  } catch {
    return encodeEach(batch, inputs);
  }
}

function encodeEach(batch: Batch, inputs: List): EncodedTasks {
  const sendable: Task[] = [];
  const body: Uint8Array[] = [];
  const held: object[] = [];
  const refused: Array<readonly [Task, Outcome]> = [];
  let byteLength = 0;
  for (const [position, input] of inputs.entries()) {
    const task = batch.at(position);
    try {
      const isTaken = input instanceof EncodedValue; // Then the task holds what is in it, for as long as it may be sent.
      const encoded = isTaken ? input : encodeValue(input, task.path);
      sendable.push(task);
      body.push(encoded.bytes);
      byteLength += encoded.bytes.byteLength + bytesLeftOut(encoded.held);
      if (!isTaken) held.push(...encoded.held);
    } catch (error) {
      refused.push([task, { is: 'error', error }]);
    }
  }
  if (sendable.length > 0) batch.kind.cost.recordInputs(sendable.length, byteLength);
  const lengths = body.map((bytes) => bytes.byteLength);
  return { sendable: new TaskList(batch.kind, sendable), body, lengths, held, refused };
}
