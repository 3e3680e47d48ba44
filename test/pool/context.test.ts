import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentTask } from 'brood';
import * as progress from '../fixtures/pool/progress.js';
import * as tasks from '../fixtures/pool/tasks.js';
import * as late from '../fixtures/workers/late-import.js';
import { openPool, range, rejection, warmUp } from './support.js';

test('currentTask() is null outside of a task', () => {
  assert.equal(currentTask(), null);
});

test('currentTask() is the running task, also behind an await', async (t) => {
  const pool = openPool(t, 1);
  const seen = await Promise.all(range(3).map(() => pool.apply(progress.lookAround, [10])));
  const ids = seen.map((it) => {
    assert.equal(new Set(it.ids).size, 1);
    return it.ids[0];
  });
  assert.equal(new Set(ids).size, 3);
  assert.deepEqual(
    seen.map(({ attempt, left, isAborted }) => [attempt, left, isAborted]),
    range(3).map(() => [1, undefined, false]),
  );
});

test('currentTask() is right from where a module imports the package, be it within a task', async (t) => {
  const pool = openPool(t, 1);
  assert.deepEqual(
    await pool.map(late.double, range(100)),
    range(200).filter((n) => n % 2 === 0),
  );
  assert.equal(await pool.apply(late.hasContexts), false);
  await pool.apply(late.leaveWaiting);
  const [before, after] = await pool.apply(late.importPackage);
  assert.ok(before !== null && before === after);
  assert.equal(await pool.apply(late.hasContexts), true);
  const { own, early } = await pool.apply(late.open);
  assert.ok(own !== null && own !== before);
  assert.equal(early, null);
  const ids = await pool.map(late.leave, range(20));
  assert.equal(new Set(ids).size, 20);
  assert.deepEqual(await pool.apply(late.readLeft, [20]), ids);
});

test('currentTask().deadline says when the time of the task runs out', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const { left } = await pool.apply(progress.lookAround, [50], { timeout: 100_000 });
  assert.ok(left !== undefined && left > 50_000 && left <= 99_951, String(left));
});

test('currentTask().progress() arrives coalesced, in order, and before the result', async (t) => {
  const pool = openPool(t, 1);
  const heard: unknown[] = [];
  const onProgress = (value: unknown): void => void heard.push(value);
  const callback = (value: unknown): void => void heard.push(value);
  await pool.applyAsync(progress.reportAll, [5000], { onProgress, callback }).get();
  assert.equal(heard.pop(), 'result');
  const done = (heard as Array<{ done: number }>).map((it) => it.done);
  assert.deepEqual(
    done,
    [...done].sort((a, b) => a - b),
  );
  assert.equal(done[0], 1);
  assert.equal(done.at(-1), 5000);
  assert.ok(done.length < 500, `${done.length} of 5000`);
});

test('currentTask().progress() is cheap enough for a loop that never waits', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const heard: number[] = [];
  const count = 200_000;
  const onProgress = (n: unknown): void => void heard.push(n as number);
  const { ms, cpu } = await pool.apply(progress.reportInLoop, [count], { onProgress });
  assert.ok(cpu < count * 0.03, `${cpu} ms for ${count} calls`);
  assert.equal(heard.at(-1), count);
  assert.ok(heard.length <= ms / 10 + 2, `${heard.length} reports in ${ms} ms`);
});

test('Progress of the items of a map reaches its onProgress', async (t) => {
  const pool = openPool(t, 2);
  const heard: unknown[] = [];
  await pool.map(progress.reportAll, [1, 1, 1], { onProgress: (value) => heard.push(value), chunkSize: 3 });
  assert.deepEqual(
    heard,
    range(3).map(() => ({ done: 1, of: 1 })),
  );
});

test('Progress that nobody may hear does no harm: late, unsendable, or unheard', async (t) => {
  const pool = openPool(t, { processes: 1, stdio: 'ignore' });
  const heard: unknown[] = [];
  const onProgress = (value: unknown): void => void heard.push(value);
  await pool.apply(progress.keepTask, [], { onProgress });
  assert.equal(await pool.apply(progress.reportForKept, [], { onProgress }), 'fine');
  assert.equal(await pool.apply(progress.reportUnsendable, [], { onProgress }), 'fine');
  assert.equal(await pool.apply(progress.reportAll, [10]), 'result');
  assert.deepEqual(heard, []);
  assert.ok((await rejection(pool.apply(tasks.add, [1, 1], { onProgress: 5 as never }))) instanceof TypeError);
});
