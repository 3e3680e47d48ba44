import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export interface Line {
  readonly input: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly stack?: string;
    readonly pid?: number | null;
    readonly exitCode?: number | null;
    readonly signal?: string | null;
    readonly reason?: string;
    readonly stuckAt?: string[];
  };
  readonly ms: number;
  readonly pid: number | null;
  readonly attempts: number;
  readonly key: string;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const manifest = fileURLToPath(import.meta.resolve('brood/package.json'));
const { bin, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { brood: string }; version: string };

export { version };

/** The program that users run. */
export const program: string = join(dirname(manifest), bin.brood);

const fixtures = {
  'tasks.mjs': new URL('./fixtures/tasks.mjs', import.meta.url),
  'functions.cjs': new URL('./fixtures/functions.cjs', import.meta.url),
  'throws-at-import.mjs': new URL('./fixtures/throws-at-import.mjs', import.meta.url),
  'exits-at-import.mjs': new URL('./fixtures/exits-at-import.mjs', import.meta.url),
};

export const fixtureFolder: string = dirname(fileURLToPath(fixtures['tasks.mjs']));

export function fixture(name: keyof typeof fixtures): string {
  return fileURLToPath(fixtures[name]);
}

/** `tasks.mjs#<name>` */
export function task(name: string): string {
  return `${fixture('tasks.mjs')}#${name}`;
}

/** An empty folder, removed after the file's tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brood-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Start {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], { cwd = process.cwd(), env = {} }: Start = {}) {
    this.child = spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env } });
    this.child.stdin.on('error', () => {}); // It may end without reading all.
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(([status, signal]) => ({
      status,
      signal,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves once `stream` has printed a match; rejects if it ends before. */
  async waitFor(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<void> {
    while (!pattern.test(this[stream])) {
      const end = this.ended.then((ended) => {
        if (pattern.test(this[stream])) return;
        throw new Error(`ended before ${stream} matched ${pattern}: ${JSON.stringify(ended)}`);
      });
      await Promise.race([once(this.child[stream], 'data'), end]);
    }
  }
}

/** Runs one command to its end. */
export function brood(
  args: readonly string[],
  { input = '', ...start }: Start & { input?: string } = {},
): Promise<Ended> {
  const running = new Running(args, start);
  running.child.stdin.end(input);
  return running.ended;
}

/** Every line must be whole and JSON. */
export function parseLines(text: string): Line[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line is torn: ${text.slice(-200)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

export function readLines(path: string): Line[] {
  return parseLines(readFileSync(path, 'utf8'));
}

export function resultsOf(lines: readonly Line[]): unknown[] {
  return lines.map(({ result }) => result);
}
