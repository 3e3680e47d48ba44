import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLong, scaled } from '../support/seed.js';
import { startPart } from '../support/shared.js';
import { type Course, DISPOSABLES, type Disposable, makeAndDrop } from './disposables.js';

const program = new URL('./arena.child.js', import.meta.url).href;
const MEGABYTE = 1e6;

/** At 60 times the scale three times a million, and 10,000 arrays of 1 MiB. */
const countOf = (what: Disposable): number => scaled(what === 'arrays' ? 167 : 50_000);

const places = {
  'the root': makeAndDrop,
  async 'a child'(what: Disposable, count: number): Promise<Course> {
    const child = startPart(program, 'makeAndDrop', { what, count });
    const course = await child.hear();
    await child.ended;
    return course;
  },
};

for (const [place, run] of Object.entries(places)) {
  for (const what of DISPOSABLES) {
    const count = countOf(what);
    test(`${count} ${what} made and dropped in a row in ${place}: the arena levels off`, async () => {
      const { thirds, left, milliseconds } = await run(what, count);
      const story = `at most ${thirds.map((bytes) => (bytes / MEGABYTE).toFixed(1)).join(', then ')} MB`;
      console.log(`${place}: ${count} ${what} in ${(milliseconds / 1000).toFixed(1)} s; ${story}`);
      // When the collector has seen all of it, nothing is left; until then, how much there is is the collector's doing.
      assert.ok(left <= 2, `${left} cells are left`);
      const [first = 0, second = 0, last = 0] = thirds;
      if (isLong) assert.ok(last <= Math.max(first, second) * 1.25 + 8 * MEGABYTE, story);
    });
  }
}
