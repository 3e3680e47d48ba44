// biome-ignore-all lint: copied from the contract, api/brood.d.ts; compared with the declarations in contract.test-d.ts.
// The parts that are implemented; the rest joins as it comes.
export type Wait = number | { timeout?: number; signal?: AbortSignal };
export type Target<A extends unknown[] = any[], R = any> = ((...args: A) => R | PromiseLike<R>) | FunctionRef<A, R>;
export interface FunctionRef<A extends unknown[] = any[], R = any> {
  readonly module: string; // file: URL
  readonly export: string;
  readonly __types?: (...args: A) => R; // type only
}
export function ref<M extends object>(
  module: string | URL,
): {
  readonly [K in keyof M as M[K] extends (...args: any[]) => any ? K : never]: M[K] extends (
    ...args: infer A
  ) => infer R
    ? FunctionRef<A, Awaited<R>>
    : never;
};
export function registerClass<T extends object, W = unknown>(
  type: abstract new (...args: any[]) => T,
  codec: { name: string; encode(value: T): W; decode(wire: W): T },
): void;
export class BroodError extends Error {
  readonly code: string;
}
export class StateError extends BroodError {}
export class TimeoutError extends BroodError {}
export class TaskTimeoutError extends TimeoutError {
  readonly timeout: number;
  readonly stuckAt: readonly string[];
  readonly pid: number;
  readonly attempts: number;
}
export class CancelledError extends BroodError {}
export class PoolTerminatedError extends CancelledError {}
export class WorkerLostError extends BroodError {
  readonly pid: number;
  readonly exitCode: number | null; // negative = killed by that signal
  readonly signal: NodeJS.Signals | null;
  readonly reason: 'exit' | 'signal' | 'out-of-memory' | 'memory-limit';
  readonly attempts: number;
  readonly stderrTail: string; // at most the last 64 KiB
}
export class WorkerStartError extends BroodError {}
export class SerializationError extends BroodError {
  readonly path: string;
}
export class ResultSerializationError extends SerializationError {
  readonly value: string;
}
export interface ProcessOptions<A extends unknown[] = any[]> {
  target?: Target<A>;
  args?: A;
  name?: string;
  daemon?: boolean;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  execArgv?: string[];
  stdio?: 'inherit' | 'pipe' | 'ignore';
  signal?: AbortSignal;
  memoryLimit?: number;
  niceness?: number;
}
export class Process<A extends unknown[] = any[]> implements AsyncDisposable {
  constructor(options?: ProcessOptions<A>);
  run(): unknown;
  start(): void;
  join(wait?: Wait): Promise<boolean>;
  isAlive(): boolean;
  terminate(): void;
  kill(): void;
  interrupt(): void;
  stop(options?: { grace?: number }): Promise<number>;
  close(): void;
  get name(): string;
  set name(value: string);
  get daemon(): boolean;
  set daemon(value: boolean); // StateError after start
  readonly pid: number | null;
  readonly exitCode: number | null;
  readonly sentinel: Sentinel;
  readonly stdin: NodeJS.WritableStream | null;
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  [Symbol.asyncDispose](): Promise<void>;
}
export interface Sentinel {
  readonly __brand: 'Sentinel';
}
export function currentProcess(): Pick<Process, 'name' | 'daemon' | 'pid' | 'isAlive'>;
export function parentProcess(): {
  name: string;
  pid: number;
  isAlive(): boolean;
  join(wait?: Wait): Promise<boolean>;
} | null;
export function activeChildren(): Process[];
export function cpuCount(): number;
export type StartMethod = 'spawn' | 'spare';
export function getAllStartMethods(): StartMethod[];
export function getStartMethod(): StartMethod;
export function setStartMethod(method: StartMethod, options?: { force?: boolean }): void;
export function setSparePreload(modules: Array<string | URL>): void;
export function getLogger(): {
  level: string;
  debug(m: string): void;
  info(m: string): void;
  warn(m: string): void;
  error(m: string): void;
};
export function logToStderr(level?: 'debug' | 'info' | 'warn' | 'error'): void;
export function currentTask(): TaskContext | null;
export interface TaskContext {
  readonly id: number;
  readonly attempt: number; // 1 on the first run
  readonly signal: AbortSignal;
  readonly deadline: number | null; // performance.now() of this process
  progress(value: unknown): void;
}
export interface TaskOptions {
  timeout?: number;
  signal?: AbortSignal;
  grace?: number; // default 1000
  retries?:
    | number
    | { crashes?: number; errors?: number; timeouts?: number; delay?: number | ((attempt: number) => number) };
  priority?: number;
  onProgress?: (value: unknown) => void;
}
export interface MapOptions extends TaskOptions {
  chunkSize?: number | 'auto';
  failFast?: boolean;
}
export interface ImapOptions extends TaskOptions {
  chunkSize?: number | 'auto'; // default 1
  bufferSize?: number;
}
export interface PoolOptions {
  processes?: number; // default cpuCount(); RangeError below 1
  minProcesses?: number;
  idleTimeout?: number;
  initializer?: Target;
  initArgs?: unknown[];
  maxTasksPerChild?: number;
  maxMemoryPerChild?: number;
  memoryLimit?: number;
  task?: Omit<TaskOptions, 'signal' | 'onProgress'>;
  name?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  execArgv?: string[];
  stdio?: 'inherit' | 'ignore';
  niceness?: number;
}
export class Pool implements AsyncDisposable {
  constructor(options?: number | PoolOptions);
  apply<A extends unknown[], R>(fn: Target<A, R>, args?: A, options?: TaskOptions): Promise<Awaited<R>>;
  applyAsync<A extends unknown[], R>(
    fn: Target<A, R>,
    args?: A,
    options?: TaskOptions & Callbacks<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  map<T, R>(fn: Target<[T], R>, items: Iterable<T> | AsyncIterable<T>, options?: MapOptions): Promise<Awaited<R>[]>;
  mapAsync<T, R>(
    fn: Target<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: MapOptions & Callbacks<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]>;
  mapSettled<T, R>(
    fn: Target<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: Omit<MapOptions, 'failFast'>,
  ): Promise<PromiseSettledResult<Awaited<R>>[]>;
  starmap<A extends unknown[], R>(
    fn: Target<A, R>,
    items: Iterable<A> | AsyncIterable<A>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]>;
  starmapAsync<A extends unknown[], R>(
    fn: Target<A, R>,
    items: Iterable<A> | AsyncIterable<A>,
    options?: MapOptions & Callbacks<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]>;
  imap<T, R>(
    fn: Target<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: ImapOptions,
  ): ImapIterator<Awaited<R>>;
  imapUnordered<T, R>(
    fn: Target<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: ImapOptions,
  ): ImapIterator<Awaited<R>>;
  close(): void;
  terminate(): void;
  join(wait?: Wait): Promise<boolean>;
  resize(processes: number): void;
  readonly processes: number;
  readonly workerPids: readonly number[];
  statistics(): PoolStatistics;
  [Symbol.asyncDispose](): Promise<void>;
}
export interface PoolStatistics {
  readonly tasks: {
    readonly queued: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly retried: number;
  };
  readonly workers: ReadonlyArray<{
    readonly pid: number;
    readonly state: string;
    readonly tasksDone: number;
    readonly rss: number;
    readonly task: number | null;
  }>;
  readonly lost: number;
  readonly runTime: { readonly p50: number; readonly p99: number; readonly mean: number };
}
export interface Callbacks<R> {
  callback?: (value: R) => void;
  errorCallback?: (error: unknown) => void;
}
export interface AsyncResult<R> {
  get(wait?: Wait): Promise<R>;
  wait(wait?: Wait): Promise<boolean>;
  ready(): boolean;
  successful(): boolean;
  cancel(reason?: unknown): 'queued' | 'running' | 'settled';
}
export interface ImapIterator<R> extends AsyncIterableIterator<R> {
  next(wait?: Wait): Promise<IteratorResult<R>>;
}
export function run<A extends unknown[], R>(
  fn: Target<A, R>,
  args?: A,
  options?: TaskOptions & { memoryLimit?: number },
): Promise<Awaited<R>>;
export class QueueEmpty extends BroodError {}
export class QueueFull extends BroodError {}
export class QueueShutDown extends BroodError {}
export class Queue<T = unknown> implements AsyncIterable<T> {
  constructor(maxSize?: number);
  put(item: T, wait?: Wait): Promise<void>;
  putSync(item: T, timeout?: number): void;
  putNowait(item: T): void;
  get(wait?: Wait): Promise<T>;
  getSync(timeout?: number): T;
  getNowait(): T;
  qsize(): number;
  empty(): boolean;
  full(): boolean;
  close(): void;
  joinThread(wait?: Wait): Promise<boolean>;
  cancelJoinThread(): void;
  shutdown(options?: { immediate?: boolean }): void;
  [Symbol.asyncIterator](): AsyncIterator<T>;
}
export class JoinableQueue<T = unknown> extends Queue<T> {
  taskDone(): void;
  join(wait?: Wait): Promise<boolean>;
}
export class SimpleQueue<T = unknown> {
  constructor();
  put(item: T): Promise<void>;
  putSync(item: T): void;
  get(wait?: Wait): Promise<T>;
  getSync(): T;
  empty(): boolean;
  close(): void;
}
