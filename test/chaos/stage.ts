import { Barrier, Condition, Event, Lock, RawArray, RLock, Semaphore } from 'brood';
import type { Message } from '../support/children.js';
import type { Inside } from '../synchronize/tours.js';
import { act } from './doom.js';

/** What all processes of a campaign share beside the object under test. */
export interface Stage {
  readonly kind: Kind;
  readonly marks: RawArray<'i32'>;
  /** When the victim died, on the clock of `now()`; 0: not yet. */
  readonly diedAt: RawArray<'f64'>;
}

/** Places of `marks`: who is inside, how often somebody was inside who should not have been, whether to stop. */
const OWNER = 0;
const INSIDE = 1;
const VIOLATIONS = 2;
const HALT = 3;

/** How many parties the barrier has: the victim, two peers, and the test itself. */
const PARTIES = 4;
export const UNITS = 2;

export const objects = {
  lock: () => new Lock(),
  rlock: () => new RLock(),
  semaphore: () => new Semaphore(UNITS),
  condition: () => new Condition(),
  event: () => new Event(),
  barrier: () => new Barrier(PARTIES, { action: act }),
};

export type Kind = keyof typeof objects;
export type Style = 'sync' | 'async';

export function createStage(kind: Kind): Stage {
  return { kind, marks: new RawArray('i32', 4), diedAt: new RawArray('f64', 1) };
}

/** In milliseconds, on the clock that all processes of the machine have in common. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** How long ago it is, or 0 if it began only after the death. */
export function sinceDeath({ diedAt }: Stage): number {
  return now() - (diedAt.view[0] as number);
}

export const isOver = ({ diedAt }: Stage): boolean => diedAt.view[0] !== 0;
export const mustHalt = ({ marks }: Stage): boolean => Atomics.load(marks.view, HALT) === 1;
export const halt = ({ marks }: Stage): void => void Atomics.store(marks.view, HALT, 1);
export const violations = ({ marks }: Stage): number => Atomics.load(marks.view, VIOLATIONS);

/** Before the next scene: the one who died inside is there no more. */
export function clearStage({ marks, diedAt }: Stage): void {
  for (const place of [OWNER, INSIDE, HALT]) Atomics.store(marks.view, place, 0);
  diedAt.view[0] = 0;
}

/** Notices two owners, and more holders of a semaphore than it has units. Victims do not count among the latter: they may die uncounted. */
export function witness({ kind, marks: { view } }: Stage): Inside {
  const complain = (): void => void Atomics.add(view, VIOLATIONS, 1);
  if (kind === 'semaphore') {
    return {
      enter: () => void (Atomics.add(view, INSIDE, 1) >= UNITS && complain()),
      leave: () => void Atomics.sub(view, INSIDE, 1),
    };
  }
  return {
    enter: (ownerDied) => void (Atomics.exchange(view, OWNER, process.pid) !== 0 && !ownerDied && complain()),
    leave: () => void (Atomics.exchange(view, OWNER, 0) !== process.pid && complain()),
  };
}

export interface Passed {
  readonly at: number;
  readonly ownerDied: boolean;
}

/** Gets what can be held, and gives it back. */
export async function pass(object: Message, stage: Stage, style: Style): Promise<Passed> {
  const inside = witness(stage);
  using held = style === 'sync' ? object.holdSync() : await object.hold();
  const passed = { at: now(), ownerDied: held.ownerDied };
  inside.enter(held.ownerDied);
  inside.leave();
  return passed;
}
