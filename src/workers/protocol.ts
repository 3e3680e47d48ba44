import type { Callee } from '../wire/callee.ts';

/** What a worker is told at boot; the body holds the initializer's arguments. */
export interface WorkerOrder {
  readonly initializer: Callee | null;
}

/** Parent to worker. */
export type WorkerRequest =
  | RunRequest
  /** Ask the running task to end: its signal aborts. */
  | { readonly kind: 'abort'; readonly chunk: number; readonly index: number; readonly reason: 'timeout' | 'cancel' }
  /** What the chunk has not begun is not to begin at all. */
  | { readonly kind: 'cut'; readonly chunk: number }
  /** The parent has looked where the worker is stuck, by its inspector; it may close it again. */
  | { readonly kind: 'detach' }
  /** End, once nothing is running. */
  | { readonly kind: 'exit' };

export interface RunRequest {
  readonly kind: 'run';
  readonly chunk: number;
  /** Number of the function in this worker; `target` says which it is, the first time. */
  readonly fn: number;
  readonly target?: Callee;
  /** How the function is called with each value of the body: `fn(value)`, or `fn(...value)`. */
  readonly call: 'item' | 'args';
  readonly tasks: ReadonlyArray<{ readonly id: number; readonly attempt: number; readonly timeout: number | null }>;
}

/** Worker to parent. `index` counts within the chunk; a task that answers means that the next one begins. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  /** The initializer threw what is in the body. */
  | { readonly kind: 'failed' }
  /** The chunk is there, and its first task begins: from now on the task is lost with the worker. */
  | { readonly kind: 'begun'; readonly chunk: number; readonly isLoading: boolean }
  /** The time of the first task begins now: function and values were slow to come, or it was to end before it had its time. */
  | { readonly kind: 'loaded'; readonly chunk: number }
  /** The result is in the body, or, where it is something JSON keeps as it is, in `value`; neither: undefined. */
  | {
      readonly kind: 'value';
      readonly chunk: number;
      readonly index: number;
      readonly ms: number;
      readonly value?: unknown;
    }
  /** What was thrown is in the body. */
  | { readonly kind: 'error'; readonly chunk: number; readonly index: number; readonly ms: number }
  | {
      readonly kind: 'unsendable';
      readonly chunk: number;
      readonly index: number;
      readonly ms: number;
      readonly message: string;
      readonly path: string;
      readonly value: string;
    }
  /** It was cancelled before it began. */
  | { readonly kind: 'skipped'; readonly chunk: number; readonly index: number; readonly ms: number }
  | { readonly kind: 'progress'; readonly chunk: number; readonly index: number }
  /** The request to abort has been heard: JavaScript is running, or at least turning. */
  | { readonly kind: 'heard'; readonly chunk: number; readonly index: number }
  /** No value of the chunk could be decoded together with the others; none has begun. */
  | { readonly kind: 'undecodable'; readonly chunk: number }
  /** The worker is free; tasks from `next` on have not begun and will not. */
  | { readonly kind: 'done'; readonly chunk: number; readonly next: number };
