import type { Target } from '../functions/function-ref.ts';
import { cpuCount } from '../os/cpu-count.ts';
import { type ChildOptions, checkChildOptions, checkMemory } from '../process/child-options.ts';
import { limitBelow } from '../process/process-budget.ts';
import type { Spawn } from '../process/spawned.ts';
import { checkDuration } from '../util/wait.ts';
import { toCallee } from '../wire/callee.ts';
import { encode } from '../wire/codec.ts';
import type { CrewOptions } from '../workers/crew.ts';
import { WORKER_OUTPUTS, type WorkerOutput } from '../workers/output.ts';
import { EncodedValue } from '../workers/task.ts';
import { resolveTaskOptions, type TaskOptions } from '../workers/task-options.ts';

export interface PoolOptions extends ChildOptions {
  /** Workers at the most. Default: `cpuCount()`. */
  processes?: number;
  /** Workers that stay while there is nothing to do; those above it end after `idleTimeout`. Default: `processes`, a fixed pool. */
  minProcesses?: number;
  /** Milliseconds. Default 10,000. */
  idleTimeout?: number;
  /** Runs in each worker before its first task. */
  initializer?: Target;
  initArgs?: unknown[];
  /** A worker is replaced after this many tasks: items, not chunks. Default: never. */
  maxTasksPerChild?: number;
  /** A worker is replaced, between tasks, once its resident memory is above this many bytes. Default: never. */
  maxMemoryPerChild?: number;
  /** A worker whose memory, with its descendants', goes above this many bytes while it works is killed: WorkerLostError, reason 'memory-limit'. */
  memoryLimit?: number;
  /**
   * How many workers the whole program is to have, as far as pools within tasks are concerned: one that a task opens, however deep,
   * gets its first worker in any case and more only while all pools of the program together have no more than half of this; the
   * other half is for the first workers of others. It has more once there is room. Workers inherit it, and pools within tasks can
   * only lower it. Pools that the program itself opens count, but have as many workers as they are told to. Default: 4 × `cpuCount()`.
   */
  processBudget?: number;
  /** Defaults for every task. */
  task?: Omit<TaskOptions, 'signal' | 'onProgress'>;
  /** For messages. Default `Pool-<n>`. */
  name?: string;
  /**
   * Where the output of workers goes: `inherit` (default) where this process's does, `prefix` there too, by whole lines with the
   * worker's name before each, `ignore` nowhere.
   */
  stdio?: WorkerOutput;
}

/** Milliseconds an extra worker stays idle, by default. */
const IDLE_TIMEOUT = 10_000;

let count = 0;

/** Throws a RangeError, TypeError or SerializationError for the first option that cannot be. */
export function resolvePoolOptions(options: number | PoolOptions, spawn?: Spawn): CrewOptions {
  const given: PoolOptions = typeof options === 'number' ? { processes: options } : options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `Cannot create a pool: its options are ${Array.isArray(options) ? 'an array' : `of type ${typeof options}`}; pass a number of processes, or an object`,
    );
  }
  const { initializer, initArgs = [], stdio = 'inherit', name } = given;
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`Cannot create a pool: name is of type ${typeof name}; pass a string`);
  }
  const processes = checkProcesses(given.processes ?? cpuCount());
  const minProcesses = given.minProcesses ?? processes;
  if (!(Number.isInteger(minProcesses) && minProcesses >= 0 && minProcesses <= processes)) {
    throw new RangeError(
      `Cannot create a pool: minProcesses is "${minProcesses}"; give a whole number from 0 to processes (${processes})`,
    );
  }
  if (!Array.isArray(initArgs)) throw new TypeError('Cannot create a pool: initArgs is no array; pass one');
  if (!WORKER_OUTPUTS.includes(stdio)) {
    throw new TypeError(
      `Cannot create a pool: stdio is "${String(stdio)}"; choose one of ${WORKER_OUTPUTS.join(', ')}`,
    );
  }
  checkChildOptions(given, 'a pool');
  resolveTaskOptions(given.task);
  count += 1;
  const maxMemoryPerChild = checkMemory('maxMemoryPerChild', given.maxMemoryPerChild) ?? Number.POSITIVE_INFINITY;
  const memoryLimit = checkMemory('memoryLimit', given.memoryLimit);
  // What a worker keeps, or has only looked at, is not what a limit is meant for.
  const isLimited = memoryLimit !== undefined || maxMemoryPerChild !== Number.POSITIVE_INFINITY;
  return {
    name: name ?? `Pool-${count}`,
    processes,
    minProcesses,
    idleTimeout: checkDuration('idleTimeout', given.idleTimeout ?? IDLE_TIMEOUT),
    maxTasksPerChild: checkCount('maxTasksPerChild', given.maxTasksPerChild ?? Number.POSITIVE_INFINITY),
    maxMemoryPerChild,
    memoryLimit,
    processBudget: limitBelow(
      given.processBudget === undefined ? undefined : checkCount('processBudget', given.processBudget),
    ),
    launch: {
      initializer: initializer === undefined ? null : toCallee(initializer, 'initializer'),
      initArgs: encodeInitArgs(initArgs),
      stdio,
      ...(spawn ? { spawn } : { bufferMemory: isLimited ? 'accounted' : 'kept' }),
      ...pick(given, ['env', 'cwd', 'execArgv', 'niceness']),
    },
  };
}

function encodeInitArgs(initArgs: readonly unknown[]): EncodedValue {
  const held: object[] = [];
  return new EncodedValue(encode(initArgs, 'initArgs', { carriage: 'lent', held, leavesOut: true }), held);
}

export function checkProcesses(processes: number): number {
  if (Number.isInteger(processes) && processes >= 1) return processes;
  throw new RangeError(
    `Cannot use "${String(processes)}" processes: a pool has at least one; give a whole number from 1 on`,
  );
}

function checkCount(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= 1)) return value;
  throw new RangeError(`Cannot create a pool: ${name} is "${String(value)}"; give a whole number from 1 on`);
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}
