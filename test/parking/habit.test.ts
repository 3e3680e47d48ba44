import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Habit } from '#dist/parking/habit.js';

/** How many times it is left out before it is due. */
function countLeftOut(habit: Habit): number {
  let count = 0;
  while (!habit.isDue()) count += 1;
  return count;
}

test('a habit that pays is never left out', () => {
  const habit = new Habit();
  for (let n = 0; n < 100; n += 1) {
    assert.equal(countLeftOut(habit), 0);
    habit.judge(n % 4 > 0);
  }
});

test('a habit in vain is left out ever longer, up to 256 times, and comes back once it pays', () => {
  const habit = new Habit();
  const pauses: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    pauses.push(countLeftOut(habit));
    habit.judge(false);
  }
  assert.deepEqual(pauses.filter((pause) => pause > 0).slice(0, 7), [8, 16, 32, 64, 128, 256, 256]);
  assert.equal(countLeftOut(habit), 256);
  habit.judge(true);
  assert.equal(countLeftOut(habit), 0);
  habit.judge(false);
  assert.equal(countLeftOut(habit), 8);
});
