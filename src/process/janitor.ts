import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { currentIdentity } from './identity.ts';
import { JANITOR_SCRIPT } from './janitor-script.ts';
import { getLogger } from './logger.ts';

let janitor: ChildProcess | undefined;
const groups = new Set<number>();
/** Files that go with this process, and for a draft the name it is to get. */
const names = new Map<string, string>();

/** Starts the janitor unless it runs. Before the first child: nothing must exist that nobody would clean up. */
export function ensureJanitor(): void {
  if (janitor) return;
  janitor = process
    .getBuiltinModule('node:child_process')
    .spawn('/bin/sh', ['-c', JANITOR_SCRIPT, 'brood-janitor', currentIdentity().tree], {
      cwd: '/',
      detached: true,
      // Without this process's environment it carries no mark, and no other janitor's sweep takes it for a leftover.
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  janitor.unref();
  (janitor.stdin as Socket).unref();
  janitor.stdin?.on('error', () => {}); // Its death is noticed below.
  const replace = (why: string): void => {
    getLogger().warn(`the janitor process ${why}`);
    janitor = undefined;
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

/** Kills whatever carries this tree's mark, in the background: also what has left its process group. */
export function sweepTree(tree: string): void {
  order('x', tree);
}

/** A line to a pipe that nobody else writes to and that is never full: it is in the kernel when this returns. */
function order(verb: '+' | '-' | 'x' | 'n' | 'u', what: number | string): void {
  janitor?.stdin?.write(`${verb} ${what}\n`);
}
