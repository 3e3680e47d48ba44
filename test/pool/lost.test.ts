import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Pool, SerializationError, WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as initializers from '../fixtures/pool/initializers.js';
import * as tasks from '../fixtures/pool/tasks.js';
import {
  LIMIT,
  linesOf,
  makeFolder,
  openPool,
  range,
  rejection,
  timed,
  until,
  waitForLines,
  warmUp,
} from './support.js';

/** The task is lost by SIGKILL within a second, all others succeed, and the pool has its size back within another. */
async function expectLoss(pool: Pool, start: () => Promise<unknown>, kill?: () => Promise<number>): Promise<void> {
  const { processes } = pool;
  const others = range(20).map((n) => pool.apply(tasks.later, [n, 5]));
  const task = rejection<WorkerLostError>(start());
  const killed = await kill?.();
  const { value: error, ms } = await timed(() => task);
  assert.ok(error instanceof WorkerLostError, String(error));
  assert.deepEqual([error.signal, error.exitCode, error.reason, error.attempts], ['SIGKILL', -9, 'signal', 1]);
  assert.match(
    error.message,
    /^Cannot finish task \d+ \("\w+", attempt 1\): PoolWorker-\d+ \(pid \d+\) was killed by SIGKILL$/,
  );
  assert.equal(typeof error.stderrTail, 'string');
  if (killed !== undefined) {
    assert.equal(error.pid, killed);
    assert.ok(ms < LIMIT, `${ms} ms`);
  }
  assert.deepEqual(await Promise.all(others), range(20));
  await until(() => pool.workerPids.length === processes && !pool.workerPids.includes(error.pid));
  assert.deepEqual(
    await pool.map(tasks.double, range(100)),
    range(100).map((n) => n * 2),
  );
}

async function killFirst(path: string): Promise<number> {
  const [pid] = (await waitForLines(path)).map(Number);
  process.kill(pid as number, 'SIGKILL');
  return pid as number;
}

test('A worker killed while it runs takes its task with it, and nothing else', async (t) => {
  const pool = openPool(t, 2);
  const path = join(makeFolder(t), 'pid');
  await expectLoss(
    pool,
    () => pool.apply(harm.markThenHang, [path]),
    () => killFirst(path),
  );
  await expectLoss(pool, () => pool.apply(harm.kill));
});

test('A worker killed while it decodes an argument takes its task with it', async (t) => {
  const pool = openPool(t, 2);
  await warmUp(pool);
  await expectLoss(pool, () => pool.apply(harm.acceptGrenade, [new harm.Grenade(process.pid, 'decode')]));
});

test('A worker killed while it encodes the result takes its task with it', async (t) => {
  const pool = openPool(t, 2);
  await expectLoss(pool, () => pool.apply(harm.returnGrenade, [process.pid]));
  await expectLoss(pool, () => pool.apply(harm.returnDeadlyGetter));
});

test('A worker killed while 32 MiB of result are on their way takes its task with it', async (t) => {
  // In shared memory a result is out at once, with nobody reading, and so is a large buffer in one; test/channel/killed.test.ts
  // kills in the midst of that.
  const { BROOD_CHANNEL } = process.env;
  process.env.BROOD_CHANNEL = 'socket';
  t.after(() => {
    if (BROOD_CHANNEL === undefined) delete process.env.BROOD_CHANNEL;
    else process.env.BROOD_CHANNEL = BROOD_CHANNEL;
  });
  const pool = openPool(t, 2);
  const path = join(makeFolder(t), 'pid');
  await warmUp(pool);
  const sending = pool.applyAsync(harm.longResult, [path, 2 ** 25]);
  await turn(); // The request leaves.
  // This process reads nothing while it is in this loop: the worker is writing, and cannot get through.
  while (linesOf(path).length === 0);
  const end = performance.now() + 150;
  while (performance.now() < end);
  process.kill(Number(linesOf(path)[0]), 'SIGKILL');
  const error = await rejection<WorkerLostError>(sending.get());
  assert.ok(error instanceof WorkerLostError);
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('Workers killed while they start are replaced; no task is lost', async (t) => {
  const pool = openPool(t, 2);
  for (const pid of pool.workerPids) process.kill(pid, 'SIGKILL');
  assert.deepEqual(
    await pool.map(tasks.double, range(50)),
    range(50).map((n) => n * 2),
  );
});

test('Workers killed while their initializer runs are replaced; no task is lost', async (t) => {
  const path = join(makeFolder(t), 'pids');
  const pool = openPool(t, { processes: 1, initializer: initializers.rememberLater, initArgs: [5] });
  const result = pool.apply(tasks.getState);
  await until(() => pool.statistics().workers[0]?.state === 'starting');
  process.kill(pool.workerPids[0] as number, 'SIGKILL');
  assert.equal(await result, 5);
  assert.deepEqual(linesOf(path), []);
});

test('Workers killed while they are idle are replaced; a task submitted at once is not lost', async (t) => {
  const pool = openPool(t, 2);
  for (let round = 0; round < 5; round += 1) {
    await warmUp(pool);
    const before = pool.workerPids;
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const { value, ms } = await timed(() => pool.map(tasks.double, range(50), { chunkSize: 5 }));
    assert.deepEqual(
      value,
      range(50).map((n) => n * 2),
    );
    assert.ok(ms < LIMIT, `${ms} ms`);
    assert.ok(pool.workerPids.every((pid) => !before.includes(pid)));
  }
});

test('All workers killed at once while they run: each loses its own task', async (t) => {
  const pool = openPool(t, 3);
  const path = join(makeFolder(t), 'pids');
  const hanging = range(3).map(() => rejection<WorkerLostError>(pool.apply(harm.markThenHang, [path])));
  const waiting = pool.map(tasks.double, range(30));
  const pids = (await waitForLines(path, 3)).map(Number);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const errors = await Promise.all(hanging);
  assert.deepEqual(new Set(errors.map(({ pid }) => pid)), new Set(pids));
  assert.equal(new Set(errors).size, 3);
  assert.deepEqual(
    await waiting,
    range(30).map((n) => n * 2),
  );
  assert.equal(pool.workerPids.length, 3);
});

test('A worker that dies in the middle of a chunk loses one item; the rest of the chunk is run elsewhere', async (t) => {
  const pool = openPool(t, 1);
  const items = range(20).map((n) => (n === 7 ? -1 : n));
  const settled = await pool.mapSettled(harm.killIf, items, { chunkSize: 20 });
  settled.forEach((it, n) => {
    if (n === 7) assert.ok(it.status === 'rejected' && it.reason instanceof WorkerLostError);
    else assert.deepEqual(it, { status: 'fulfilled', value: n });
  });
  assert.equal(pool.statistics().lost, 1);
});

test('Tasks that kill the process that starts them do not loop for ever', async (t) => {
  const pool = openPool(t, 2);
  const settled = await pool.mapSettled(harm.killIf, [1, -1, -2, 2, -3], { chunkSize: 1 });
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled', 'rejected'],
  );
});

for (const [what, identity, reason] of [
  ['kills whoever decodes it', harm.itself, WorkerLostError],
  ['nobody there can decode', tasks.identity, SerializationError],
] as const) {
  test(`One value among many that ${what} fails alone, in a map and among calls`, async (t) => {
    const pool = openPool(t, 2);
    await warmUp(pool);
    await pool.map(identity, range(3000)); // Known as cheap, calls go together.
    const deadly = 700;
    const values: unknown[] = range(1000).map((n) => (n === deadly ? new harm.Grenade(process.pid, 'decode') : n));
    const settledMap = await pool.mapSettled(identity, values, { chunkSize: 1000 });
    const settledCalls = await Promise.allSettled(values.map((value) => pool.apply(identity, [value])));
    for (const settled of [settledMap, settledCalls]) {
      for (const [n, outcome] of settled.entries()) {
        if (n !== deadly) assert.deepEqual(outcome, { status: 'fulfilled', value: n });
        else assert.ok(outcome.status === 'rejected' && outcome.reason instanceof reason, inspect(outcome));
      }
    }
    const { tasks: counts } = pool.statistics();
    assert.deepEqual([counts.failed, counts.queued, counts.running], [2, 0, 0]);
  });
}
