import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Address } from 'brood/connection';

export interface Python {
  readonly command: string;
  readonly version: string;
}

/** Those to test against: `BROOD_PYTHON`, paths with colons between them, or what the machine calls python3. */
export function findPythons(): Python[] {
  return (process.env.BROOD_PYTHON ?? 'python3').split(':').flatMap((command) => {
    const { status, stdout } = spawnSync(
      command,
      ['-c', 'import sys, multiprocessing; print(sys.version.split()[0])'],
      {
        encoding: 'utf8',
      },
    );
    return status === 0 ? [{ command, version: stdout.trim() }] : [];
  });
}

export interface Said {
  readonly event: 'listening' | 'connected' | 'error' | 'eof';
  readonly address?: Address;
  readonly type?: string;
  readonly text?: string;
  readonly count?: number;
}

/** A Python program that listens or connects, then sends back what it receives. */
export class PythonPeer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(t: TestContext, { command }: Python, role: 'listen' | 'connect', address: Address, key: string | null) {
    const program = fileURLToPath(new URL('../fixtures/connection/peer.py', import.meta.url));
    this.#child = spawn(command, ['-B', program, JSON.stringify([role, address, key])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    t.after(() => this.#child.kill('SIGKILL'));
  }

  /** What happens there next; undefined at its end. */
  async hear(): Promise<Said | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : (JSON.parse(value) as Said);
  }
}
