import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A folder for programs that find the installed package as a user's do; gone after the tests. */
export class ProgramFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'brood-programs-'));

  constructor() {
    after(() => rmSync(this.path, { recursive: true, force: true }));
    mkdirSync(join(this.path, 'node_modules'));
    const installed = dirname(dirname(fileURLToPath(import.meta.resolve('brood'))));
    symlinkSync(installed, join(this.path, 'node_modules', 'brood'));
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(process.execPath, args, { cwd: this.path, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** What a program prints, line by line as JSON. Fails if it does not end well. */
  async run(...args: string[]): Promise<unknown[]> {
    const child = this.start(...args);
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const ended = once(child, 'exit');
    const [stdout, stderr] = await Promise.all(
      [child.stdout, child.stderr].map(async (it) => String(Buffer.concat(await it.toArray()))),
    );
    const [code, signal] = await ended;
    clearTimeout(timer);
    assert.equal(code, 0, `ended with ${code ?? signal}: ${stdout}\n${stderr}`);
    return (stdout ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
}
