import type { ChildProcess, SpawnOptions, StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Channel } from '../channel/channel.ts';
import { drawMagic, SocketChannel } from '../channel/socket-channel.ts';
import { SpawnError } from '../errors/worker-error.ts';
import { arenaForChildren } from '../memory/current-arena.ts';
import type { InheritedArena } from '../memory/inherited-arena.ts';
import { processTable } from '../os/process-table.ts';
import { signalGroup } from '../os/signals.ts';
import { bootArguments } from './boot.ts';
import { type ChildOptions, childEnvironment, childExecArgv } from './child-options.ts';
import { codeCacheForChildren } from './code-cache.ts';
import { nextTree } from './identity.ts';
import { ensureJanitor, guardGroup, releaseGroup, sweepTree } from './janitor.ts';

/** Where a child finds the arena: behind the channel. */
const ARENA = 5;
/** Where it finds the code cache. */
const CODE_CACHE = 6;

/** What must be known of a process before it is spawned; all else is told by its first message. */
export interface SpawnRecipe extends Pick<ChildOptions, 'env' | 'cwd' | 'execArgv'> {
  /** The file it runs. */
  readonly main: URL;
  /** stdin, stdout and stderr. */
  readonly stdio: readonly ['ignore' | 'pipe', 'inherit' | 'pipe' | 'ignore', 'inherit' | 'pipe' | 'ignore'];
  /** Arguments for Node after those of `execArgv`. */
  readonly nodeOptions?: readonly string[];
}

/** Something that runs a program of its own, and waits for its first message. */
export interface Spawned {
  readonly pid: number;
  /** Its mark, and that of all it starts. */
  readonly tree: string;
  readonly channel: Channel<unknown, unknown>;
  /** Where it finds the tree's shared memory; null without any. */
  readonly arena: InheritedArena | null;
  readonly stdin: NodeJS.WritableStream | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** To it and to all that descends from it, to end it: what is stopped is continued, since it would not get it else. */
  signal(signal: NodeJS.Signals): void;
  /** The end of it and of all that descends from it, also of what has left its group, and when it has ended itself. */
  kill(): void;
  /** Whether SIGUSR1 to its pid opens an inspector of its own. */
  readonly canBeInspected: boolean;
  onExit(listener: ExitListener): void;
  offExit(listener: ExitListener): void;
  /** It has been read to its end: nobody is to ask for it any more. */
  release(): void;
}

/** How something is brought to life. Throws a SpawnError if the system refuses. */
export type Spawn = (name: string, recipe: SpawnRecipe) => Spawned;

export type ExitListener = (code: number | null, signal: NodeJS.Signals | null) => void;

/** A process that leads a group of its own; those of ours that it starts lead groups of their own, too. */
class SpawnedProcess implements Spawned {
  readonly pid: number;
  readonly tree: string;
  readonly channel: Channel<unknown, unknown>;
  readonly arena: InheritedArena | null;
  readonly canBeInspected = true;
  readonly #process: ChildProcess;

  constructor(child: ChildProcess, pid: number, boot: Pick<Spawned, 'tree' | 'channel' | 'arena'>) {
    this.#process = child;
    this.pid = pid;
    this.tree = boot.tree;
    this.channel = boot.channel;
    this.arena = boot.arena;
    child.on('error', () => {}); // A signal that could not be delivered: the process is gone, which `exit` tells.
    guardGroup(pid);
    for (const stream of [child, ...child.stdio.slice(0, 5)]) (stream as Socket | null)?.unref();
  }

  get stdin(): ChildProcess['stdin'] {
    return this.#process.stdin;
  }

  get stdout(): ChildProcess['stdout'] {
    return this.#process.stdout;
  }

  get stderr(): ChildProcess['stderr'] {
    return this.#process.stderr;
  }

  signal(signal: NodeJS.Signals): void {
    const groups = processTable.groupsOfTree(this.pid);
    for (const each of [signal, 'SIGCONT'] as const) for (const group of groups) signalGroup(group, each);
  }

  /** The group's id stays taken as long as the group has a member. */
  kill(): void {
    signalGroup(this.pid, 'SIGKILL');
    sweepTree(this.tree);
  }

  onExit(listener: ExitListener): void {
    this.#process.once('exit', listener);
  }

  offExit(listener: ExitListener): void {
    this.#process.off('exit', listener);
  }

  release(): void {
    this.channel.close();
    releaseGroup(this.pid);
  }
}

/**
 * Spawns a process in a group and session of its own, so that a signal reaches its whole tree and a Ctrl-C at the terminal
 * does not reach it at all. Nothing of it keeps this program alive. Throws a SpawnError if the system, or `--permission`, refuses.
 */
export function spawnChild(name: string, recipe: SpawnRecipe): Spawned {
  // There is no `process.permission` without the option.
  if ((process.permission as typeof process.permission | undefined)?.has('child') === false) {
    throw new SpawnError(
      `Cannot start ${name}: --permission keeps this program from starting processes; allow it with --allow-child-process`,
    );
  }
  ensureJanitor();
  const magic = drawMagic();
  const tree = nextTree();
  const arena = arenaForChildren();
  const codeCache = codeCacheForChildren();
  const child = spawnProcess(
    name,
    [
      ...childExecArgv(recipe.execArgv),
      ...(recipe.nodeOptions ?? []),
      fileURLToPath(recipe.main),
      ...bootArguments(name, magic, codeCache === undefined ? undefined : CODE_CACHE),
    ],
    {
      cwd: recipe.cwd,
      detached: true,
      env: childEnvironment(recipe.env, tree),
      stdio: [...recipe.stdio, 'pipe', 'pipe', arena ?? 'ignore', codeCache ?? 'ignore'] satisfies StdioOptions,
    },
  );
  const { pid } = child;
  if (pid === undefined) throw refused(name, child);
  const [toChild, fromChild] = child.stdio.slice(3, 5) as [Socket, Socket];
  const channel = new SocketChannel<unknown, unknown>(toChild, fromChild, magic);
  return new SpawnedProcess(child, pid, { tree, channel, arena: arena === undefined ? null : { descriptor: ARENA } });
}

/** Throws a SpawnError where the system refuses at once, as it does arguments and an environment that are too long. */
function spawnProcess(name: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  // Not imported at the top: most children start nothing, and loading it is a part of their start.
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    return spawn(process.execPath, args, options);
  } catch (cause) {
    throw new SpawnError(`Cannot start ${name}: the system refused it; make its arguments and environment smaller`, {
      cause,
    });
  }
}

/** Node reports the reason in a later turn only; by then the caller must know that there is no process. */
function refused(name: string, failed: ChildProcess): SpawnError {
  const error = new SpawnError(
    `Cannot start ${name}: the system refused another process; it may be out of processes, descriptors or memory`,
  );
  failed.once('error', (cause) => {
    error.cause = cause;
  });
  return error;
}
