import { setImmediate as turn } from 'node:timers/promises';
import { Event, Lock, RawArray, Value } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { collect } from '../fixtures/shared/collect.js';
import { cellsInUse, residentBytes } from '../support/arena.js';

/** What is made and dropped, over and over. */
const makers = {
  locks: () => new Lock(),
  events: () => new Event(),
  values: () => new Value('i32'),
  arrays(n: number): RawArray<'u8'> {
    const array = new RawArray('u8', 2 ** 20);
    array.view.fill(n % 256);
    return array;
  },
};

export type Disposable = keyof typeof makers;
export const DISPOSABLES = Object.keys(makers) as Disposable[];

export interface Course {
  /** The arena's size in bytes at most, in each third, beyond what it was before. */
  readonly thirds: readonly number[];
  /** Cells in use afterwards that were not before. */
  readonly left: number;
  readonly milliseconds: number;
}

/** So many in a row, with a turn of the event loop now and then, as a program that does anything else has it. */
export async function makeAndDrop(what: Disposable, count: number): Promise<Course> {
  const arena = currentArena('the test');
  await collect();
  const [size, cells, start] = [residentBytes(arena), cellsInUse(arena), performance.now()];
  const thirds = [0, 0, 0];
  const between = what === 'arrays' ? 10 : 1000;
  for (let n = 0; n < count; n += 1) {
    makers[what](n);
    if (n % between > 0) continue;
    const third = Math.floor((3 * n) / count);
    thirds[third] = Math.max(thirds[third] as number, residentBytes(arena) - size);
    await turn();
  }
  const milliseconds = performance.now() - start;
  await collect();
  return { thirds, left: cellsInUse(arena) - cells, milliseconds };
}
