import type { ChildProcess } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { missingNativeReason, requireNative } from '../os/native/native.ts';
import { currentIdentity } from './identity.ts';
import { JANITOR_SCRIPT } from './janitor-script.ts';
import { getLogger } from './logger.ts';

let janitor: ChildProcess | undefined;
/** Writes to the janitor's end of the pipe; in the kernel when it returns. */
let write: ((line: string) => void) | undefined;
const groups = new Set<number>();
/** Files that go with this process, and for a draft the name it is to get. */
const names = new Map<string, string>();

/** Starts the janitor unless it runs. Before the first child: nothing must exist that nobody would clean up. */
export function ensureJanitor(): void {
  if (janitor) return;
  const pipe = missingNativeReason() === undefined ? requireNative('a pipe').memory.createPipe() : undefined;
  janitor = process
    .getBuiltinModule('node:child_process')
    .spawn('/bin/sh', ['-c', JANITOR_SCRIPT, 'brood-janitor', currentIdentity().tree], {
      cwd: '/',
      detached: true,
      // Without this process's environment it carries no mark, and no other janitor's sweep takes it for a leftover.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdio: [pipe?.[0] ?? 'pipe', 'ignore', 'ignore'],
    });
  janitor.unref();
  write = pipe ? blockingWriter(pipe) : streamWriter(janitor.stdin as Socket);
  const replace = (why: string): void => {
    getLogger().warn(`the janitor process ${why}`);
    janitor = undefined;
    if (pipe) closeSync(pipe[1]);
    write = undefined;
    if (groups.size === 0 && names.size === 0) return;
    ensureJanitor();
    for (const group of groups) order('+', group);
    for (const [draft, path] of names) order('n', `${draft}\t${path}`);
  };
  janitor.once('exit', () => replace('was killed; starting another'));
  janitor.once('error', (error) => {
    janitor?.removeAllListeners('exit');
    getLogger().warn(
      `no janitor process: ${error.message}; children in a busy loop may outlive this process if it is killed`,
    );
  });
}

export function guardGroup(group: number): void {
  groups.add(group);
  order('+', group);
}

export function releaseGroup(group: number): void {
  groups.delete(group);
  order('-', group);
}

/**
 * The file `draft` is removed when this process dies, however it dies; and so is `path`, if that names the same file by
 * then: an equal name may be somebody else's.
 */
export function guardName(draft: string, path: string = draft): void {
  ensureJanitor();
  names.set(draft, path);
  order('n', `${draft}\t${path}`);
}

export function releaseName(draft: string): void {
  if (names.delete(draft)) order('u', draft);
}

/** Trees to sweep, gathered over one turn: each sweep has to look at every process of the machine. */
const trees = new Set<string>();

/** Kills whatever carries this tree's mark, in the background: also what has left its process group. */
export function sweepTree(tree: string): void {
  if (trees.size === 0) queueMicrotask(sweepTrees);
  trees.add(tree);
}

function sweepTrees(): void {
  order('x', [...trees].join(' '));
  trees.clear();
}

function order(verb: '+' | '-' | 'x' | 'n' | 'u', what: number | string): void {
  write?.(`${verb} ${what}\n`);
}

/** A program that makes and unmakes names in a loop, without a turn of its event loop, has to wait for the shell to follow. */
function blockingWriter([readEnd, writeEnd]: readonly [number, number]): (line: string) => void {
  closeSync(readEnd);
  return (line) => {
    try {
      writeSync(writeEnd, line);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error; // Its death is noticed elsewhere.
    }
  };
}

/** Without the native layer there are no names, and processes are not started that fast: the stream never has to hold a line back. */
function streamWriter(stdin: Socket): (line: string) => void {
  stdin.unref();
  stdin.on('error', () => {}); // Its death is noticed elsewhere.
  return (line) => void stdin.write(line);
}
