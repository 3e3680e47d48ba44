import type { ChildProcess, SpawnOptions, StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { drawMagic, SocketChannel } from '../channel/socket-channel.ts';
import { SpawnError } from '../errors/worker-error.ts';
import { arenaForChildren } from '../memory/current-arena.ts';
import { bootArguments } from './boot.ts';
import { type ChildOptions, childEnvironment, childExecArgv } from './child-options.ts';
import { nextTree } from './identity.ts';
import { ensureJanitor, guardGroup } from './janitor.ts';

/** Where a child finds the arena: behind the channel. */
const ARENA = 5;

/** What must be known of a process before it is spawned; all else is told by its first message. */
export interface SpawnRecipe extends Pick<ChildOptions, 'env' | 'cwd' | 'execArgv'> {
  /** The file it runs. */
  readonly main: URL;
  /** stdin, stdout and stderr. */
  readonly stdio: readonly ['ignore' | 'pipe', 'inherit' | 'pipe' | 'ignore', 'inherit' | 'pipe' | 'ignore'];
  /** Arguments for Node after those of `execArgv`. */
  readonly nodeOptions?: readonly string[];
}

/** A process that waits for its first message. */
export interface Spawned {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Its mark, and that of all it starts. */
  readonly tree: string;
  readonly channel: SocketChannel<unknown, unknown>;
  /** Where it finds the tree's shared memory; null without any. */
  readonly arena: number | null;
}

/**
 * Spawns a process in a group and session of its own, so that a signal reaches its whole tree and a Ctrl-C at the terminal
 * does not reach it at all. Nothing of it keeps this program alive. Throws a SpawnError if the system refuses.
 */
export function spawnChild(name: string, recipe: SpawnRecipe): Spawned {
  ensureJanitor();
  const magic = drawMagic();
  const tree = nextTree();
  const arena = arenaForChildren();
  const child = spawnProcess(
    name,
    [
      ...childExecArgv(recipe.execArgv),
      ...(recipe.nodeOptions ?? []),
      fileURLToPath(recipe.main),
      ...bootArguments(name, magic),
    ],
    {
      cwd: recipe.cwd,
      detached: true,
      env: childEnvironment(recipe.env, tree),
      stdio: [...recipe.stdio, 'pipe', 'pipe', arena ?? 'ignore'] satisfies StdioOptions,
    },
  );
  const { pid } = child;
  if (pid === undefined) throw refused(name, child);
  guardGroup(pid);
  for (const stream of [child, ...child.stdio.slice(0, 5)]) (stream as Socket | null)?.unref();
  const [toChild, fromChild] = child.stdio.slice(3, 5) as [Socket, Socket];
  const channel = new SocketChannel<unknown, unknown>(toChild, fromChild, magic);
  return { process: child, pid, tree, channel, arena: arena === undefined ? null : ARENA };
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
