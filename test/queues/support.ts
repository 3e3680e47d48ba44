import assert from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Process, type ProcessOptions } from 'brood';
import { Cells } from '#dist/memory/cells.js';
import { currentArena } from '#dist/memory/current-arena.js';
import { Holds } from '#dist/memory/holds.js';
import { Spans } from '#dist/memory/spans.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A started child that is gone at the end of the scope. */
export function start<A extends unknown[]>(target: NonNullable<ProcessOptions<A>['target']>, ...args: A): Process<A> {
  const child = new Process<A>({ target, args } as ProcessOptions<A>);
  child.start();
  return child;
}

export async function joinAll(children: readonly Process[]): Promise<void> {
  for (const child of children) {
    assert.equal(await child.join(100_000), true, 'a child hangs');
    assert.equal(child.exitCode, 0);
  }
}

/** What the arena takes of the machine's memory, in bytes. */
export function residentBytes(): number {
  return fstatSync(currentArena('the test').descriptor).blocks * 512;
}

/** Blocks of the arena that are not free, and whether this process holds them. */
export function blocksInUse(): { all: number; held: number } {
  const arena = currentArena('the test');
  const cells = new Cells(arena.words);
  const spans = new Spans(arena.words, arena.parties);
  const holds = new Holds(arena.words, arena.parties);
  let all = 0;
  let held = 0;
  for (let span = 0; span < spans.high; span += 1) {
    if (spans.cellBytes(span) < 64) continue;
    for (const cell of spans.cellsIn(span)) {
      if (cells.isFree(cell)) continue;
      all += 1;
      if (holds.has(arena.self, cell)) held += 1;
    }
  }
  return { all, held };
}

/** Lets go of what is no longer reachable, or kept for the next large message. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    collect();
    await sleep(5);
  }
  const arena = currentArena('the test');
  arena.reap();
  arena.warm.drop();
}

/** Lets go of what is no longer reachable until no more than so many blocks are in use; how many are. */
export async function collectUntil(blocks: number): Promise<number> {
  for (let round = 0; round < 20; round += 1) {
    await collectGarbage();
    if (blocksInUse().all <= blocks) break;
  }
  return blocksInUse().all;
}
