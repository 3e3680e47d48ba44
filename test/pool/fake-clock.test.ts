import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { TaskTimeoutError, TimeoutError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, rejection } from './support.js';

/** As the fake timers of a test runner: nothing is due before somebody says so, and no time passes. */
test('A pool works where a test has put timers and a clock that stand still in the place of the real ones', async (t) => {
  const standing = performance.now();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
  mock.method(performance, 'now', () => standing);
  t.after(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
  const pool = openPool(t, 2);
  assert.deepEqual(await pool.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
  assert.ok(
    (await rejection(pool.apply(harm.loopForEver, [], { timeout: 100, grace: 50 }))) instanceof TaskTimeoutError,
  );
  const slow = pool.applyAsync(tasks.later<number>, [7, 300]);
  assert.ok((await rejection(slow.get(20))) instanceof TimeoutError);
  assert.equal(await slow.get(), 7);
  const failing = pool.apply(tasks.oddOnly, [2], { retries: { errors: 1, delay: 20 } });
  assert.equal((await rejection(failing)).message, 'even: 2');
  const controller = new AbortController();
  const hanging = rejection(pool.apply(harm.neverSettle, [], { signal: controller.signal, grace: 20 }));
  controller.abort(new Error('enough'));
  assert.equal((await hanging).message, 'enough');
  pool.close();
  assert.equal(await pool.join(20_000), true);
});

/** As that of jsdom, whose tests have no other. */
class OwnSignal extends EventTarget implements Pick<AbortSignal, 'aborted' | 'reason' | 'throwIfAborted'> {
  aborted = false;
  reason: unknown;

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.dispatchEvent(new Event('abort'));
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
}

test('A signal that is none of Node, but does the same, cancels a task and a wait', async (t) => {
  const pool = openPool(t, 1);
  const signal = new OwnSignal();
  const options = { signal: signal as unknown as AbortSignal, grace: 20 };
  const hanging = pool.applyAsync(harm.neverSettle, [], options);
  const all = Promise.all([rejection(hanging.get()), rejection(pool.applyAsync(tasks.identity, [1]).get(options))]);
  signal.abort(new Error('enough'));
  for (const { message } of await all) assert.equal(message, 'enough');
});
