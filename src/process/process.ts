import { inspect } from 'node:util';
import { describeExitCode } from '../os/signals.ts';
import { checkSignal } from '../util/abort.ts';
import { checkOptions } from '../util/options.ts';
import { checkDuration, type Wait, waitFor } from '../util/wait.ts';
import { toCallee } from '../wire/callee.ts';
import type { Child } from './child.ts';
import { checkChildOptions, checkMemory } from './child-options.ts';
import { liveChildren } from './children.ts';
import { currentIdentity } from './identity.ts';
import type { ProcessOptions } from './process-options.ts';
import { callOf, createRecord, type ProcessRecord, recordOf, tryRecordOf } from './process-record.ts';
import { startProcess } from './process-start.ts';
import type { ProcessState } from './process-state.ts';
import { stopProcess } from './process-stop.ts';
import { type Sentinel, sentinelOf } from './sentinel.ts';
import { hasSpawn, spawnOf } from './spawn-of.ts';

const NOT_CLOSED: readonly ProcessState[] = ['initial', 'started', 'stopped'];
const STARTED: readonly ProcessState[] = ['started', 'stopped'];

/**
 * One child process running one function.
 *
 * States: initial → started → stopped → closed. Only the process that created it may use it. The child ends when its target
 * has settled and its own non-daemon children have ended, whatever handles user code left open. Exit code: 0 returned,
 * 1 threw (the error goes to stderr behind the process's name), n for process.exit(n), -n killed by signal n. A child
 * that is no daemon keeps the program alive.
 *
 * @example
 * const child = new Process({ target: render, args: ['page.html'] });
 * child.start();
 * await child.join();
 * console.log(child.exitCode);
 */
// biome-ignore lint/suspicious/noExplicitAny: as in ProcessOptions.
export class Process<A extends unknown[] = any[]> implements AsyncDisposable {
  /** Throws a TypeError or RangeError for an option that cannot be. Starts nothing. */
  constructor(options: ProcessOptions<A> = {}) {
    checkProcessOptions(options as ProcessOptions);
    createRecord(this, options as ProcessOptions);
  }

  /** What the child runs: by default the target. Subclasses may override it; their own fields travel like any value. */
  run(): unknown {
    const { target, args = [] } = callOf(this);
    if (typeof target === 'function') return target(...args);
    if (target === undefined) return undefined;
    throw new TypeError('Cannot run the target here: it is a reference to another module; start() the process instead');
  }

  /**
   * Starts the child. Throws a SerializationError before any child exists if target or args cannot cross; a StateError if
   * started before or closed, or if this process is a daemon; a SpawnError if the system refuses.
   */
  start(): void {
    const record = recordOf(this, 'start', ['initial']);
    const type = this.constructor as typeof Process;
    const isOwn = type === Process || hasSpawn(type);
    startProcess(this, record, this.run !== Process.prototype.run || !isOwn, spawnOf(type));
  }

  /** True once the process has ended, false if time ran out. Never leaves a zombie. Rejects with a StateError before start. */
  async join(wait?: Wait): Promise<boolean> {
    const { child, state } = recordOf(this, 'join', STARTED);
    return await waitFor(child?.ended ?? Promise.resolve(), () => state.state === 'stopped', wait);
  }

  /** True from start to end. */
  isAlive(): boolean {
    if (!tryRecordOf(this)) return true; // In the child itself.
    return recordOf(this, 'look at', NOT_CLOSED).state.state === 'started';
  }

  /**
   * SIGTERM to the child and all its descendants; what is stopped (SIGSTOP) is continued, to get it. Nothing happens once it has
   * ended; a StateError before start.
   */
  terminate(): void {
    recordOf(this, 'terminate', STARTED).child?.signal('SIGTERM');
  }

  /** SIGKILL, likewise; also reaches descendants that have left the process group. */
  kill(): void {
    recordOf(this, 'kill', STARTED).child?.kill();
  }

  /** SIGINT, likewise. */
  interrupt(): void {
    recordOf(this, 'interrupt', STARTED).child?.signal('SIGINT');
  }

  /**
   * Asks the child to stop (its `currentTask().signal` aborts); after `grace` ms, or at once if it never looked at the signal,
   * SIGTERM; after `grace` ms more SIGKILL. Resolves to the exit code.
   */
  async stop({ grace = 1000 }: { grace?: number } = {}): Promise<number> {
    checkDuration('grace', grace);
    return await stopProcess(recordOf(this, 'stop', STARTED), grace);
  }

  /** Releases it. StateError while it runs. Afterwards all but name, daemon and closing again is a StateError. */
  close(): void {
    recordOf(this, 'close', ['initial', 'stopped', 'closed']).state.move('close');
  }

  get name(): string {
    return tryRecordOf(this)?.name ?? currentIdentity().name;
  }

  set name(value: string) {
    if (typeof value !== 'string')
      throw new TypeError(`Cannot name a process "${String(value)}": it is no string; pass one`);
    recordOf(this, 'name', [...NOT_CLOSED, 'closed']).name = value;
  }

  get daemon(): boolean {
    return tryRecordOf(this)?.daemon ?? currentIdentity().daemon;
  }

  /** StateError after start. */
  set daemon(value: boolean) {
    recordOf(this, 'change the daemon flag of', ['initial']).daemon = checkDaemon(value);
  }

  /** Null before start. */
  get pid(): number | null {
    if (!tryRecordOf(this)) return process.pid;
    return readable(this, 'pid').child?.pid ?? null;
  }

  /** Null until it has ended; -n: killed by signal n. */
  get exitCode(): number | null {
    const { child, state } = readable(this, 'exit code');
    return state.state === 'stopped' ? (child?.end?.exitCode ?? null) : null;
  }

  /** For `wait()`: ready once the process has ended. StateError before start. */
  get sentinel(): Sentinel {
    const record = recordOf(this, 'wait for', STARTED);
    return sentinelOf(record, {
      ended: record.child?.ended ?? Promise.resolve(),
      isOver: () => record.state.state !== 'started',
    });
  }

  /** Null unless `stdio` is 'pipe'. */
  get stdin(): NodeJS.WritableStream | null {
    return readable(this, 'stdin').child?.stdin ?? null;
  }

  get stdout(): NodeJS.ReadableStream | null {
    return readable(this, 'stdout').stdout?.stream ?? null;
  }

  get stderr(): NodeJS.ReadableStream | null {
    return readable(this, 'stderr').stderr?.stream ?? null;
  }

  /** stop(), then close(). */
  async [Symbol.asyncDispose](): Promise<void> {
    const record = recordOf(this, 'dispose', [...NOT_CLOSED, 'closed']);
    if (STARTED.includes(record.state.state)) await this.stop();
    record.state.move('close');
  }

  toString(): string {
    return describeProcess(this, tryRecordOf(this));
  }

  static {
    Object.defineProperty(this.prototype, inspect.custom, { value: this.prototype.toString });
  }
}

function readable(owner: Process, what: string): ProcessRecord {
  return recordOf(owner, `read the ${what} of`, NOT_CLOSED);
}

/** Live children of this process, whatever part of it started them: also the workers of pools. */
export function activeChildren(): Process[] {
  return liveChildren().map(({ owner }) => owner as Process);
}

/** `<Process name='Process-2' pid=71 parent=70 stopped exitcode=-SIGTERM daemon>` */
function describeProcess(owner: Process, record: ProcessRecord | undefined): string {
  const { child, state, daemon } = record ?? { child: undefined, state: { state: 'started' }, daemon: owner.daemon };
  const exitCode = state.state === 'stopped' ? child?.end?.exitCode : undefined;
  return `<${[
    owner.constructor.name,
    `name='${owner.name}'`,
    ...(child ? [`pid=${child.pid}`] : record ? [] : [`pid=${process.pid}`]),
    `parent=${record ? process.pid : (currentIdentity().parent?.pid ?? null)}`,
    state.state,
    ...(exitCode === undefined ? [] : [`exitcode=${describeExitCode(exitCode)}`]),
    ...(daemon ? ['daemon'] : []),
  ].join(' ')}>`;
}

function checkProcessOptions(options: ProcessOptions): void {
  checkOptions(options);
  const { target, args, name, daemon, stdio, signal, memoryLimit } = options;
  if (target !== undefined && typeof target !== 'function') toCallee(target, 'target');
  if (args !== undefined && !Array.isArray(args)) {
    throw new TypeError(`Cannot create a process: args is of type ${typeof args}; pass an array`);
  }
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`Cannot create a process: name is of type ${typeof name}; pass a string`);
  }
  if (daemon !== undefined) checkDaemon(daemon);
  if (signal !== undefined) checkSignal(signal);
  if (stdio !== undefined && !['inherit', 'pipe', 'ignore'].includes(stdio)) {
    throw new TypeError(`Cannot create a process: stdio is "${String(stdio)}"; choose inherit, pipe or ignore`);
  }
  checkMemory('memoryLimit', memoryLimit);
  checkChildOptions(options, 'a process');
}

function checkDaemon(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(
    `Cannot make a process a daemon by "${String(value)}": it is of type ${typeof value}; pass a boolean`,
  );
}

/** A process object for a child that the library started for its own ends, such as a worker. */
export function presentAsProcess(child: Child, name: string): Process {
  const owner = Object.create(Process.prototype) as Process;
  createRecord(owner, { name, daemon: true }, false);
  const record = recordOf(owner, 'start', ['initial']);
  record.child = child;
  record.state.move('start');
  void child.ended.then(() => record.state.move('end'));
  return owner;
}
