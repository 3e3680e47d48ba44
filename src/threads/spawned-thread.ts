import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { inspect } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { PortChannel } from '../channel/port-channel.ts';
import { SpawnError } from '../errors/worker-error.ts';
import { arenaForThreads } from '../memory/current-arena.ts';
import type { InheritedArena } from '../memory/inherited-arena.ts';
import type { ThreadData } from '../process/child-boot.ts';
import { childEnvironment } from '../process/child-options.ts';
import { nextTree } from '../process/identity.ts';
import type { ExitListener, Spawned, SpawnRecipe } from '../process/spawned.ts';

/**
 * A thread of this process that behaves as a child process does: it runs the same program, speaks on a channel, and is ended by
 * "signals". Any of those that would end a process ends the thread, at once, also in a loop that never ends.
 */
class SpawnedThread implements Spawned {
  readonly pid: number = process.pid;
  readonly tree: string;
  readonly channel: PortChannel<unknown, unknown>;
  readonly arena: InheritedArena | null;
  readonly canBeInspected = false;
  readonly stdin: Worker['stdin'];
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly #worker: Worker;
  readonly #listeners = new Set<ExitListener>();
  #signal: NodeJS.Signals | null = null;
  #hasBooted = false;

  constructor(worker: Worker, recipe: SpawnRecipe, boot: { tree: string; channel: PortChannel<unknown, unknown> }) {
    this.#worker = worker;
    this.tree = boot.tree;
    this.channel = boot.channel;
    this.arena = arenaForThreads() ?? null;
    this.stdin = worker.stdin;
    this.stdout = recipe.stdio[1] === 'pipe' ? worker.stdout : null;
    const { PassThrough } = process.getBuiltinModule('node:stream');
    const stderr = recipe.stdio[2] === 'pipe' ? new PassThrough() : null;
    this.stderr = stderr;
    if (stderr) worker.stderr.pipe(stderr, { end: false });
    for (const [i, stream] of [worker.stdout, worker.stderr].entries())
      if (recipe.stdio[i + 1] === 'ignore') stream.resume();
    worker.once('message', () => this.#onBooted());
    worker.unref();
    worker.on('error', (error: Error & { code?: string }) => {
      // As V8's heap limit ends a process.
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#signal ??= 'SIGABRT';
      const text = `${inspect(error)}\n`;
      if (stderr) stderr.write(text);
      else if (recipe.stdio[2] === 'inherit') process.stderr.write(text);
    });
    worker.once('exit', (code) => {
      stderr?.end();
      for (const listener of this.#listeners) listener(this.#signal === null ? code : null, this.#signal);
    });
  }

  /** What it started gets none. */
  signal(signal: NodeJS.Signals): void {
    if (constants.signals[signal] === undefined) throw new TypeError(`Cannot signal a thread by "${signal}"`);
    this.#signal ??= signal;
    if (this.#hasBooted) void this.#worker.terminate();
  }

  /** What it started ends with its own janitor. */
  kill(): void {
    this.signal('SIGKILL');
  }

  onExit(listener: ExitListener): void {
    this.#listeners.add(listener);
  }

  offExit(listener: ExitListener): void {
    this.#listeners.delete(listener);
  }

  /** See `reportBooted` in process/child-boot.ts. */
  #onBooted(): void {
    this.#hasBooted = true;
    if (this.#signal !== null) void this.#worker.terminate();
  }

  release(): void {
    this.channel.close();
  }
}

/** Throws a SpawnError if Node refuses, as it does options that are a process's only. */
export function spawnThread(name: string, recipe: SpawnRecipe): Spawned {
  // Not imported at the top: most programs start no threads.
  const { MessageChannel, Worker } = process.getBuiltinModule('node:worker_threads');
  const { port1, port2 } = new MessageChannel();
  const tree = nextTree();
  try {
    const worker = new Worker(recipe.main, {
      argv: [name],
      env: childEnvironment(recipe.env, tree),
      ...(recipe.execArgv && { execArgv: [...recipe.execArgv] }), // Else it has this process's.
      workerData: { broodPort: port2 } satisfies ThreadData,
      transferList: [port2],
      stdin: recipe.stdio[0] === 'pipe',
      stdout: recipe.stdio[1] !== 'inherit',
      stderr: recipe.stdio[2] !== 'inherit',
    });
    return new SpawnedThread(worker, recipe, { tree, channel: new PortChannel(port1, 'parent') });
  } catch (cause) {
    port1.close();
    throw new SpawnError(`Cannot start ${name} as a thread: Node refused it: ${String(cause)}`, { cause });
  }
}
