import { statSync } from 'node:fs';
import { TREE_VARIABLE } from './identity.ts';

/** What Process and Pool let a user set for the processes they start. */
export interface ChildOptions {
  /** The whole environment of the child. Default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** Default: this process's. */
  cwd?: string;
  /** Arguments for Node itself. Default: this process's, without those of the debugger and of `node -e`. */
  execArgv?: string[];
  /** -20 (most favoured) … 19, as `os.setPriority`. Below 0 takes privileges. */
  niceness?: number;
}

/** Throws a RangeError or TypeError for the first option that cannot be. */
export function checkChildOptions({ env, cwd, execArgv, niceness }: ChildOptions, what: string): void {
  if (env !== undefined && (typeof env !== 'object' || env === null)) {
    throw new TypeError(`Cannot create ${what}: env is no object; pass for example { ...process.env, NAME: "value" }`);
  }
  if (cwd !== undefined && !isDirectory(cwd)) {
    throw new TypeError(
      `Cannot create ${what}: cwd "${String(cwd)}" is no directory; create it first, or leave it out`,
    );
  }
  if (execArgv !== undefined && !(Array.isArray(execArgv) && execArgv.every((arg) => typeof arg === 'string'))) {
    throw new TypeError(
      `Cannot create ${what}: execArgv is no list of strings; pass for example ["--max-old-space-size=512"]`,
    );
  }
  if (niceness !== undefined && !(Number.isInteger(niceness) && niceness >= -20 && niceness <= 19)) {
    throw new RangeError(
      `Cannot create ${what}: niceness is "${String(niceness)}"; give a whole number from -20 to 19`,
    );
  }
}

/** A limit in bytes that must be above 0. */
export function checkMemory(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (typeof value === 'number' && value > 0)) return value;
  throw new RangeError(`Cannot use ${name} "${String(value)}": it is no size of a process; give bytes above 0`);
}

/** The child's environment: marked, and without a debugger's port in NODE_OPTIONS. */
export function childEnvironment(env: NodeJS.ProcessEnv | undefined, tree: string): NodeJS.ProcessEnv {
  const base = env ?? process.env;
  const options = base.NODE_OPTIONS;
  return {
    ...base,
    ...(options?.includes('--inspect') && { NODE_OPTIONS: withoutDebugger(options.split(/\s+/)).join(' ') }),
    [TREE_VARIABLE]: tree,
  };
}

/** Loaders, conditions, limits: all that a child needs to see the world as its parent does. */
export function childExecArgv(execArgv: readonly string[] | undefined): string[] {
  return execArgv ? [...execArgv] : withoutProgram(withoutDebugger(process.execArgv));
}

/** Options whose value is the next argument when it is not joined by `=`. */
const WITH_VALUE = new Set([
  '-e',
  '--eval',
  '-p',
  '--print',
  '-pe',
  '--inspect-port',
  '--debug-port',
  '--inspect-publish-uid',
]);

function withoutDebugger(args: readonly string[]): string[] {
  return without(args, /^--(inspect|debug)(-brk|-wait|-port|-publish-uid)?(=|$)/);
}

/** Options that say what the parent itself is to run. */
function withoutProgram(args: readonly string[]): string[] {
  return without(
    args,
    /^(-e|--eval|-p|--print|-pe|-i|--interactive|-c|--check|--run|--watch.*|--test.*|--input-type)(=|$)/,
  );
}

function without(args: readonly string[], pattern: RegExp): string[] {
  return args.filter((arg, i) => {
    const previous = args[i - 1];
    const isValue = previous !== undefined && WITH_VALUE.has(previous) && pattern.test(previous);
    return !isValue && !pattern.test(arg);
  });
}

function isDirectory(path: unknown): boolean {
  return (typeof path === 'string' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) ?? false;
}
