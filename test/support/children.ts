import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a test and its child say to each other; each knows what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Message = any;

/** The descriptor at which test children find the arena. */
export const ARENA_FD = 3;

/** A child that runs a compiled program beside the test, inherits the arena, and talks in lines of JSON. */
export class TestChild {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #lines: AsyncIterator<string>;

  constructor(program: URL, input: unknown, arenaDescriptor: number, env: NodeJS.ProcessEnv = {}) {
    const stdio: StdioOptions = ['pipe', 'pipe', 'inherit', arenaDescriptor];
    this.process = spawn(process.execPath, ['--expose-gc', fileURLToPath(program), JSON.stringify(input)], {
      stdio,
      env: { ...process.env, ...env },
    });
    this.ended = once(this.process, 'exit').then(([code, signal]) => ({ code, signal }));
    if (this.process.stdout === null) throw new Error('no stdout');
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** The next line the child says, or undefined at its end. */
  async hear(): Promise<Message> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  say(message: unknown): void {
    this.process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

/** For the child's side. */
export function input(): Message {
  return JSON.parse(process.argv[2] ?? 'null');
}

export function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
