import type { Readable } from 'node:stream';
import { processTable } from '../os/process-table.ts';
import { ownFile } from '../util/own-files.ts';
import { startTimer } from '../util/timer.ts';
import type { Preload } from './boot.ts';
import { childEnvironment, childExecArgv } from './child-options.ts';
import { isWindingUp } from './children.ts';
import { getLogger } from './logger.ts';
import type { Place } from './place.ts';
import { processBudget } from './process-budget.ts';
import { sparePreload } from './spare-preload.ts';
import { type Spawned, type SpawnRecipe, spawnChild } from './spawned.ts';

/** Recipes for which a spare is kept: a program rarely starts processes in more ways, and each spare costs memory. */
const KINDS = 4;

/**
 * How long a process that was just started has the machine to itself, in milliseconds, unless it ends before: booting the next
 * beside it takes more from one that is short than it gains for the next.
 */
const HEAD_START = 20;

interface Spare {
  readonly spawned: Spawned;
  readonly onExit: () => void;
  readonly place: Place;
}

/** Most modules with something to run import it; besides, the first `import()` of a process takes the longest. */
const LIBRARY = ownFile('index.js').href;

/** It is nobody's yet; whoever takes it has a place of its own. */
const SPARE = { limit: Number.POSITIVE_INFINITY, siblings: Number.POSITIVE_INFINITY, isProcess: true };

/** By all that a process cannot change once it runs. The oldest first. */
const spares = new Map<string, Spare>();

/** A process that has booted and waits, if there is one that is as `recipe` wants it now. */
export function takeSpare(recipe: SpawnRecipe): Spawned | undefined {
  const key = keyOf(recipe);
  const spare = spares.get(key);
  if (!spare) return undefined;
  spares.delete(key);
  // Its end may not have been told yet.
  if (!processTable.isRunning(spare.spawned.pid)) return undefined;
  spare.spawned.offExit(spare.onExit);
  spare.place.release();
  return spare.spawned;
}

/** Boots a process for the next that asks with this recipe, behind one that was just started, and whose end is `ended`. */
export function keepSpare(recipe: SpawnRecipe, ended: Promise<unknown>): void {
  let isDue = true;
  const add = (): void => {
    if (isDue) addSpare(recipe);
    isDue = false;
  };
  const headStart = startTimer(HEAD_START, add);
  void ended.then(() => {
    headStart.cancel();
    setImmediate(add).unref(); // A spawn holds this process up: whoever waits for that end comes first.
  });
}

function addSpare(recipe: SpawnRecipe): void {
  const key = keyOf(recipe);
  if (spares.has(key) || isWindingUp()) return;
  const place = processBudget().tryTake(SPARE);
  if (!place) return;
  try {
    spares.set(key, bootSpare(key, recipe, place));
  } catch (error) {
    place.release();
    getLogger().warn(`no spare process: ${String(error)}`); // The next one is spawned when it is needed, or refused then.
  }
  for (const [oldest, spare] of spares) {
    if (spares.size <= KINDS) break;
    spares.delete(oldest);
    spare.spawned.kill(); // It has begun nothing, but what it has imported may have.
  }
}

function bootSpare(key: string, recipe: SpawnRecipe, place: Place): Spare {
  const spawned = spawnChild('spare', recipe);
  const onExit = (): void => {
    if (spares.get(key)?.spawned === spawned) spares.delete(key);
    for (const stream of [spawned.stdin, spawned.stdout, spawned.stderr]) (stream as Readable | null)?.destroy();
    spawned.release();
    place.release();
  };
  spawned.onExit(onExit);
  const modules = [LIBRARY, ...sparePreload()];
  spawned.channel.send({ kind: 'preload', modules } satisfies Preload);
  return { spawned, onExit, place };
}

function keyOf({ main, stdio, nodeOptions, env, cwd, execArgv }: SpawnRecipe): string {
  return JSON.stringify([
    main.href,
    stdio,
    nodeOptions ?? [],
    childEnvironment(env, ''),
    cwd ?? process.cwd(),
    childExecArgv(execArgv),
    sparePreload(),
  ]);
}
