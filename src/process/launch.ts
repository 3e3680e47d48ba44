import { setPriority } from 'node:os';
import { openRingChannel } from '../channel/open-ring-channel.ts';
import { SpawnError } from '../errors/worker-error.ts';
import type { Boot } from './boot.ts';
import { Child, type ChildListener } from './child.ts';
import type { ChildOptions } from './child-options.ts';
import { currentIdentity, type Identity } from './identity.ts';
import { type InheritedBudget, inheritedBudget } from './inherited-budget.ts';
import { getLogger } from './logger.ts';
import { keepSpare, takeSpare } from './spares.ts';
import { type Spawn, type Spawned, type SpawnRecipe, spawnChild } from './spawned.ts';
import { getStartMethod } from './start-method.ts';

export interface LaunchOptions extends SpawnRecipe, Pick<ChildOptions, 'niceness'> {
  readonly identity: Omit<Identity, 'tree' | 'parent'>;
  /** What it is spawned by. Default: a process, or a spare one. */
  readonly spawn?: Spawn;
  /** What `main` is to do, and the bytes that go with it. */
  readonly order: unknown;
  readonly body: readonly Uint8Array[];
  /** For a process that runs tasks. Default: this process's own. */
  readonly budget?: InheritedBudget;
  /** A process that will exchange many messages: shared memory is worth what it adds to its start. */
  readonly isTalkative?: boolean;
}

/**
 * Starts a process: one that is spawned now, or, where the start method is 'spare', one that was booted before, if there is
 * one that fits; behind it the next is booted. Throws a SpawnError if the system refuses.
 */
export function launch<Out, In>(options: LaunchOptions, listener: ChildListener<In>): Child<Out, In> {
  const { identity, niceness } = options;
  const { name } = identity;
  const method = getStartMethod();
  const spawn = options.spawn ?? (method === 'spare' ? spareOrNew : spawnChild);
  const spawned = spawn(name, options);
  const { pid, tree, channel: socket } = spawned;
  const rings = options.isTalkative && !options.spawn ? openRingChannel(socket) : undefined;
  socket.send(
    {
      kind: 'boot',
      identity: { ...identity, tree, parent: { name: currentIdentity().name, pid: process.pid } },
      logLevel: getLogger().level,
      startMethod: method,
      arena: spawned.arena,
      budget: options.budget ?? inheritedBudget() ?? null,
      ring: rings?.handle ?? null,
      order: options.order,
    } satisfies Boot,
    ...options.body,
  );
  const refusal = niceness === undefined ? undefined : trySetNiceness(pid, name, niceness);
  // To the caller a child that is refused never existed: its end is nobody's news.
  const child = new Child<Out, In>(
    spawned,
    rings?.channel ?? socket,
    refusal ? { onMessage() {}, onGarbage() {}, onEnd() {} } : listener,
  );
  if (refusal) {
    child.kill();
    throw refusal;
  }
  if (spawn === spareOrNew) keepSpare(options, child.ended);
  getLogger().info(`started ${name} (pid ${pid})`);
  return child;
}

function spareOrNew(name: string, recipe: SpawnRecipe): Spawned {
  return takeSpare(recipe) ?? spawnChild(name, recipe);
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
