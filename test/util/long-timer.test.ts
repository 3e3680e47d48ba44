import assert from 'node:assert/strict';
import { test } from 'node:test';

test('A timer beyond what Node can hold is due after its time and not at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  // The library keeps to the timers that it finds when it is loaded.
  const { startTimer } = await import('#dist/util/timer.js');
  const longest = 2 ** 31 - 1;
  let due = 0;
  startTimer(2 * longest + 5, () => {
    due += 1;
  });
  for (const passed of [longest, longest, 4]) {
    t.mock.timers.tick(passed);
    assert.equal(due, 0);
  }
  t.mock.timers.tick(1);
  assert.equal(due, 1);
});
