import type { ChildProcess, SpawnOptions, StdioOptions } from 'node:child_process';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { drawMagic, SocketChannel } from '../channel/socket-channel.ts';
import { SpawnError } from '../errors/worker-error.ts';
import { arenaForChildren } from '../memory/current-arena.ts';
import { type Boot, bootArguments } from './boot.ts';
import { Child, type ChildListener } from './child.ts';
import { type ChildOptions, childEnvironment, childExecArgv } from './child-options.ts';
import { currentIdentity, type Identity, nextTree } from './identity.ts';
import { ensureJanitor, guardGroup } from './janitor.ts';
import { getLogger } from './logger.ts';

/** Where a child finds the arena: behind the channel. */
const ARENA = 5;

export interface LaunchOptions extends ChildOptions {
  /** The file the child runs. */
  readonly main: URL;
  readonly identity: Omit<Identity, 'tree' | 'parent'>;
  /** What `main` is to do, and the bytes that go with it. */
  readonly order: unknown;
  readonly body: readonly Uint8Array[];
  /** stdin, stdout and stderr. */
  readonly stdio: readonly ['ignore' | 'pipe', 'inherit' | 'pipe' | 'ignore', 'inherit' | 'pipe' | 'ignore'];
  /** Arguments for Node after those of `execArgv`. */
  readonly nodeOptions?: readonly string[];
}

/**
 * Starts a process in a group and session of its own, so that a signal reaches its whole tree and a Ctrl-C at the terminal
 * does not reach it at all. Nothing of it keeps this program alive. Throws a SpawnError if the system refuses.
 */
export function launch<Out, In>(options: LaunchOptions, listener: ChildListener<In>): Child<Out, In> {
  const { name } = options.identity;
  ensureJanitor();
  const magic = drawMagic();
  const tree = nextTree();
  const arena = arenaForChildren();
  const process_ = spawnProcess(
    name,
    [
      ...childExecArgv(options.execArgv),
      ...(options.nodeOptions ?? []),
      fileURLToPath(options.main),
      ...bootArguments(name, magic),
    ],
    {
      cwd: options.cwd,
      detached: true,
      env: childEnvironment(options.env, tree),
      stdio: [...options.stdio, 'pipe', 'pipe', arena ?? 'ignore'] satisfies StdioOptions,
    },
  );
  const { pid } = process_;
  if (pid === undefined) throw refused(name, process_);
  guardGroup(pid);
  for (const stream of [process_, ...process_.stdio.slice(0, 3)]) (stream as Socket | null)?.unref();
  const [toChild, fromChild] = process_.stdio.slice(3, 5) as [Socket, Socket];
  toChild.unref();
  fromChild.unref();
  const channel = new SocketChannel<Out | Boot, In>(toChild, fromChild, magic);
  const { pid: parentPid } = process;
  channel.send(
    {
      kind: 'boot',
      identity: { ...options.identity, tree, parent: { name: currentIdentity().name, pid: parentPid } },
      logLevel: getLogger().level,
      arena: arena === undefined ? null : ARENA,
      order: options.order,
    } satisfies Boot,
    ...options.body,
  );
  const refusal = options.niceness === undefined ? undefined : trySetNiceness(pid, name, options.niceness);
  // To the caller a child that is refused never existed: its end is nobody's news.
  const child = new Child<Out, In>(
    process_,
    pid,
    tree,
    channel as SocketChannel<Out, In>,
    refusal ? { onMessage() {}, onGarbage() {}, onEnd() {} } : listener,
  );
  if (refusal) {
    child.kill();
    throw refusal;
  }
  getLogger().info(`started ${name} (pid ${pid})`);
  return child;
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

function trySetNiceness(pid: number, name: string, niceness: number): SpawnError | undefined {
  try {
    setPriority(pid, niceness);
    return undefined;
  } catch (cause) {
    return new SpawnError(
      `Cannot start ${name} with niceness ${niceness}: the system does not allow it to this user; give 0 or more`,
      { cause },
    );
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
