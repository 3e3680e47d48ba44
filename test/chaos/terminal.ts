import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeFolder, until } from '../pool/support.js';
import { Program } from '../process/program.js';

export const hasTmux: boolean = spawnSync('tmux', ['-V']).status === 0;

const PROMPT = 'ready> ';

/** A shell with job control in a terminal of its own, and somebody at its keyboard. */
export class Terminal {
  readonly #socket: string;
  readonly #server: Program;

  constructor(t: TestContext) {
    this.#socket = join(makeFolder(t), 'tmux');
    const shell = `env -u ENV PS1='${PROMPT}' sh -i`;
    const args = ['-S', this.#socket, '-f', '/dev/null', 'new-session', '-d', '-x', '200', '-y', '50', shell];
    this.#server = new Program(t, args, { command: 'tmux' });
  }

  async open(): Promise<void> {
    await this.#server.exited; // It goes on in the background.
    await this.waitFor(new RegExp(`^${PROMPT.trim()}$`));
  }

  type(line: string): void {
    this.#run('send-keys', '-l', line);
    this.#run('send-keys', 'Enter');
  }

  pressControlC(): void {
    this.#run('send-keys', 'C-c');
  }

  /** What can be read, without what is empty at its end. */
  get screen(): string {
    return this.#run('capture-pane', '-p').trimEnd();
  }

  /** Resolves to the screen once it looks like that. */
  async waitFor(pattern: RegExp): Promise<string> {
    await until(() => pattern.test(this.screen), 60_000, `${pattern} on the screen`);
    return this.screen;
  }

  /** Ends it; what of all it ran is alive then? */
  async close(): Promise<string[]> {
    this.#run('kill-server');
    return await this.#server.survivors();
  }

  #run(...args: string[]): string {
    return spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' }).stdout;
  }
}
