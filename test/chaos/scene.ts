import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from './actor.js';
import type { Stage, Style } from './stage.js';

/** Who takes part in one death. */
export interface Cast {
  readonly victim: Actor;
  /** They live on from scene to scene. */
  readonly peers: readonly [Actor, Actor];
  readonly stage: Stage;
  readonly random: () => number;
  /** The test, which alone could reap the victim, is in a `…Sync` call when it dies. */
  readonly isBlocked: boolean;
  /** Steps of one tour of the victim's. */
  readonly steps: number;
}

/** One death, and what it does to the others. Resolves to how long each was kept waiting by it, in milliseconds. */
export type Scene<T> = (object: T, cast: Cast) => Promise<number[]>;

export function anyStyle(random: () => number): Style {
  return random() < 0.5 ? 'sync' : 'async';
}

export function blockedStyle({ isBlocked }: Cast): Style {
  return isBlocked ? 'sync' : 'async';
}

/** Long enough, most of the time, for the others to be where they were sent. */
export async function linger(random: () => number): Promise<void> {
  await sleep(random() * 30);
}
