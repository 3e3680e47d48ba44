import type { Spawn } from './spawned.ts';

type Class = abstract new (...args: never[]) => object;

const spawns = new Map<Class, Spawn>();

/** What a class stands for, and those that users derive from it, is brought to life by `spawn`, and not as a process. */
export function setSpawn(type: Class, spawn: Spawn): void {
  spawns.set(type, spawn);
}

/** Undefined for processes. */
export function spawnOf(type: Class): Spawn | undefined {
  for (let one: Class | null = type; one; one = Object.getPrototypeOf(one) as Class | null) {
    const spawn = spawns.get(one);
    if (spawn) return spawn;
  }
  return undefined;
}

/** Whether it is one of those that `setSpawn` was called for, and not derived from one by a user. */
export function hasSpawn(type: Class): boolean {
  return spawns.has(type);
}
