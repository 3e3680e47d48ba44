import type { ChildProcess } from 'node:child_process';
import { announceChild, retractChild } from './adoption.ts';
import { currentIdentity } from './identity.ts';
import { type JanitorPipe, openJanitorPipe } from './janitor-pipe.ts';
import { JANITOR_SCRIPT } from './janitor-script.ts';
import { getLogger } from './logger.ts';

let current: { readonly janitor: ChildProcess; readonly pipe: JanitorPipe } | undefined;
const groups = new Set<number>();
/** Files that go with this process, and for a draft the name it is to get. */
const names = new Map<string, string>();

/**
 * Starts the janitor unless it runs. Before the first child: nothing must exist that nobody would clean up. Where the
 * system refuses, that is a warning, and the next child or name tries again.
 */
export function ensureJanitor(): void {
  if (current) return;
  const pipe = tryOpenPipe();
  if (!pipe) return;
  const janitor = spawnJanitor(pipe);
  if (!janitor) return;
  pipe.connect(janitor);
  current = { janitor, pipe };
  janitor.once('exit', () => replace(janitor, 'was killed; starting another'));
  // Where this is not read, the next order finds it out.
  pipe.write([...guarded()].join(''));
}

function* guarded(): Generator<string, void, undefined> {
  for (const group of groups) yield line('+', group);
  for (const [draft, path] of names) yield line('n', `${draft}\t${path}`);
}

export function guardGroup(group: number): void {
  groups.add(group);
  announceChild(group);
  order('+', group);
}

export function releaseGroup(group: number): void {
  groups.delete(group);
  retractChild(group);
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

type Verb = '+' | '-' | 'x' | 'n' | 'u';

function line(verb: Verb, what: number | string): string {
  return `${verb} ${what}\n`;
}

function order(verb: Verb, what: number | string): void {
  if (!current || current.pipe.write(line(verb, what))) return;
  const { janitor } = current;
  janitor.kill('SIGKILL');
  replace(janitor, 'does not react; starting another');
  // The next one knows what is guarded, but not what is to be done now.
  if (verb === 'x') order(verb, what);
}

function replace(janitor: ChildProcess, why: string): void {
  if (current?.janitor !== janitor) return;
  getLogger().warn(`the janitor process ${why}`);
  current.pipe.close();
  current = undefined;
  if (groups.size > 0 || names.size > 0) ensureJanitor();
}

function tryOpenPipe(): JanitorPipe | undefined {
  try {
    return openJanitorPipe();
  } catch (error) {
    warnOfNone(error as Error);
    return undefined;
  }
}

function spawnJanitor(pipe: JanitorPipe): ChildProcess | undefined {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const janitor = spawn('/bin/sh', ['-c', JANITOR_SCRIPT, 'brood-janitor', currentIdentity().tree], {
    cwd: '/',
    detached: true,
    // Without this process's environment it carries no mark, and no other janitor's sweep takes it for a leftover.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    stdio: [pipe.readEnd, 'ignore', 'ignore'],
  });
  janitor.once('error', warnOfNone);
  const { pid } = janitor;
  if (pid === undefined) {
    pipe.close();
    return undefined;
  }
  announceChild(pid);
  janitor.once('exit', () => retractChild(pid));
  janitor.unref();
  return janitor;
}

function warnOfNone({ message }: Error): void {
  getLogger().warn(
    `no janitor process: ${message}; children in a busy loop may outlive this process if it is killed now`,
  );
}
