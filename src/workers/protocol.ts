import type { BufferMemory } from '../memory/buffer-copies.ts';
import type { PlainData } from '../memory/handle-kind.ts';
import type { Callee } from '../wire/callee.ts';

/** The memory that a worker and its parent share. */
export interface SharedWithWorker {
  /** Of its tasks; null without shared memory. */
  readonly ledger: PlainData;
  /** Where it keeps the shared objects in what it sends; null without shared memory. */
  readonly outbox: PlainData;
}

/** What a worker is told at boot; the body holds the initializer's arguments. */
export interface WorkerOrder extends SharedWithWorker {
  readonly initializer: Callee | null;
  readonly bufferMemory: BufferMemory;
}

/** Parent to worker. Tasks go by number: `first`, `seq`. */
export type WorkerRequest =
  | RunRequest
  /** Ask the current task to end: its signal aborts. */
  | { readonly kind: 'abort'; readonly seq: number; readonly reason: 'timeout' | 'cancel' }
  /** Where the ledger is not shared: these are not to begin. */
  | { readonly kind: 'withdraw'; readonly seqs: readonly number[] }
  /** The parent has looked where the worker is stuck, by its inspector; it may close it again. */
  | { readonly kind: 'detach' }
  /** End, once nothing is running. */
  | { readonly kind: 'exit' };

export interface RunRequest {
  readonly kind: 'run';
  readonly first: number;
  readonly count: number;
  /** Number of the function in this worker; `target` says which it is, the first time. */
  readonly fn: number;
  readonly target?: Callee;
  /** How the function is called with each value of the body: `fn(value)`, or `fn(...value)`. */
  readonly call: 'item' | 'args';
  /** Of each task, or of the first where they count up from it. */
  readonly ids: number | readonly number[];
  /** Absent: the first attempt of each. */
  readonly attempts?: readonly number[];
  /** In milliseconds, for each task; absent: none. */
  readonly timeout?: number;
  /** Bytes of each value, where they were encoded one by one; absent: the body is an array of them. */
  readonly lengths?: readonly number[];
  /** What goes with each task, for the scope it is run in. */
  readonly carriers?: ReadonlyArray<Readonly<Record<string, string>> | null>;
}

/** What goes with a body. */
interface Contents {
  /** The next in the outbox belongs to it. */
  readonly refers?: true;
  /** Bytes that were left out of it; absent: none. */
  readonly leftOut?: number;
}

/** Worker to parent. Tasks are answered in the order of their numbers. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  /** The initializer threw what is in the body. */
  | ({ readonly kind: 'failed' } & Contents)
  /** The chunk that starts with `seq` is there, and its first task begins. Not said where nobody needs to know. */
  | { readonly kind: 'begun'; readonly seq: number; readonly isLoading: boolean }
  /** The time of the task begins now: function and values were slow to come, or it was to end before it had its time. */
  | { readonly kind: 'loaded'; readonly seq: number }
  /** There are answers in the shared ledger. */
  | { readonly kind: 'look' }
  /** The result is in the body, or, where it is something JSON keeps as it is, in `value`; neither: undefined. */
  | ({ readonly kind: 'value'; readonly seq: number; readonly ms: number; readonly value?: unknown } & Contents)
  /** What was thrown is in the body. */
  | ({ readonly kind: 'error'; readonly seq: number; readonly ms: number } & Contents)
  | {
      readonly kind: 'unsendable';
      readonly seq: number;
      readonly ms: number;
      readonly message: string;
      readonly path: string;
      readonly value: string;
    }
  /** Where the ledger is not shared: these have not begun, and will not. */
  | { readonly kind: 'withdrawn'; readonly seqs: readonly number[] }
  | ({ readonly kind: 'progress'; readonly seq: number } & Contents)
  /** The request to abort has been heard: JavaScript is running, or at least turning. */
  | { readonly kind: 'heard'; readonly seq: number }
  /** Values of the chunk could not be decoded together; none of these tasks has begun, or will. */
  | { readonly kind: 'undecodable'; readonly seqs: readonly number[] };

/** A reply that has a value in its body. */
export type ReplyWithBody = Extract<WorkerReply, { kind: 'failed' | 'value' | 'error' | 'progress' }>;

/** An answer to a task that went by a message. */
export type Answer = Extract<WorkerReply, { kind: 'value' | 'error' | 'unsendable' }>;
