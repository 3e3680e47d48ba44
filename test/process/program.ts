import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MARK = 'BROOD_TEST_MARK';
/** Tells what comes late, on a machine that does much else, from what never comes, in milliseconds. */
const LIMIT = 60_000;

export interface End {
  /** Of `exit()`; null when a signal killed it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its start to its end, in milliseconds. */
  readonly elapsed: number;
}

export interface ProgramOptions {
  /** For Node, before the program. */
  readonly nodeArgs?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to its stdin, which is then closed. Without it stdin stays open. */
  readonly input?: string;
  readonly command?: string;
}

/** The path of a file below `test/fixtures/process/`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/process/${name}`, import.meta.url));
}

/** A Node program of its own, marked so that whatever it leaves behind is found. */
export class Program {
  readonly child: ChildProcess;
  /** When its output has ended, too: a descendant may hold it open. */
  readonly ended: Promise<End>;
  /** When the program itself has ended. */
  readonly exited: Promise<Omit<End, 'stdout' | 'stderr'>>;
  readonly #mark = randomUUID();
  stdout = '';
  stderr = '';

  constructor(t: TestContext, args: readonly string[], options: ProgramOptions = {}) {
    const { nodeArgs = [], env = {}, cwd, input, command = process.execPath } = options;
    const begin = performance.now();
    this.child = spawn(command, [...nodeArgs, ...args], {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env, [MARK]: this.#mark },
      stdio: 'pipe',
    });
    this.child.stdin?.on('error', () => {}); // It may end without reading.
    if (input !== undefined) this.child.stdin?.end(input);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exited = once(this.child, 'exit').then(([status, signal]) => {
      return { status, signal, elapsed: performance.now() - begin };
    });
    this.ended = Promise.all([this.exited, once(this.child, 'close')]).then(([exit]) => {
      return { ...exit, stdout: this.stdout, stderr: this.stderr };
    });
    t.after(() => this.#killAll());
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** A line to its stdin. */
  tell(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Resolves once stdout holds `count` matches; rejects if the program's output ends before. */
  async waitFor(pattern: RegExp, count = 1): Promise<void> {
    const isThere = (): boolean => [...this.stdout.matchAll(new RegExp(pattern, 'g'))].length >= count;
    while (!isThere()) {
      const end = this.ended.then((ended) => {
        if (!isThere()) throw new Error(`it ended before it printed ${pattern}: ${JSON.stringify(ended)}`);
      });
      await Promise.race([once(this.child.stdout as NodeJS.ReadableStream, 'data'), end]);
    }
  }

  /** What of this program, or of what it started, is alive; looks until nothing is, at most `limit` ms. */
  async survivors(limit = LIMIT): Promise<string[]> {
    const deadline = performance.now() + limit;
    let wasClean = false;
    for (;;) {
      const found = markedProcesses(this.#mark);
      // A process in the middle of exec shows no environment, so one clean look proves little.
      if (found.length === 0 && wasClean) return [];
      if (found.length > 0 && performance.now() > deadline) return found.map(({ command }) => command);
      wasClean = found.length === 0;
      await sleep(20);
    }
  }

  #killAll(): void {
    for (const { pid } of markedProcesses(this.#mark)) tryKill(pid, 'SIGKILL');
  }
}

/** Runs a program to its end. */
export function runProgram(t: TestContext, args: readonly string[], options?: ProgramOptions): Promise<End> {
  return new Program(t, args, options).ended;
}

function markedProcesses(mark: string): Array<{ pid: number; command: string }> {
  return allPids()
    .filter((pid) => read(pid, 'environ').includes(mark))
    .map((pid) => ({ pid, command: `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}` }));
}

/** Process ids of the children of `parent`, by state: `Z` is a zombie. */
export function childrenOf(parent: number): Array<{ pid: number; state: string; command: string }> {
  return allPids().flatMap((pid) => {
    const [state = '', ppid] = read(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(ppid) === parent ? [{ pid, state, command: read(pid, 'cmdline').replaceAll('\0', ' ') }] : [];
  });
}

/** True until a process has ended; whether its parent has reaped it is another matter. */
export function isRunning(pid: number): boolean {
  return !/^($|.*\) [ZX])/s.test(read(pid, 'stat'));
}

export function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
}

/** Resolves once `condition` holds; rejects after `limit` ms. For what the system tells nobody about. */
export async function until(condition: () => boolean, what: string, limit = LIMIT): Promise<void> {
  const deadline = performance.now() + limit;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${limit} ms: ${what}`);
    await sleep(10);
  }
}

function allPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
