/** Every way a worker can die × every place where it can: each has one outcome, and the pool works on. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Pool, type PoolOptions, WorkerLostError, WorkerStartError } from 'brood';
import * as deaths from '../fixtures/pool/deaths.js';
import { WAYS, type Way } from '../fixtures/pool/deaths.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, rejection, until } from '../pool/support.js';

const MIB = 2 ** 20;

/** What the end of a process looks like from outside. */
const ENDS: Record<Way, Pick<WorkerLostError, 'exitCode' | 'signal' | 'reason'>> = {
  SIGKILL: { exitCode: -9, signal: 'SIGKILL', reason: 'signal' },
  SIGSEGV: { exitCode: -11, signal: 'SIGSEGV', reason: 'signal' },
  SIGABRT: { exitCode: -6, signal: 'SIGABRT', reason: 'signal' },
  SIGBUS: { exitCode: -7, signal: 'SIGBUS', reason: 'signal' },
  'exit 0': { exitCode: 0, signal: null, reason: 'exit' },
  'exit 1': { exitCode: 1, signal: null, reason: 'exit' },
  'uncaught error': { exitCode: 1, signal: null, reason: 'exit' },
  'unhandled rejection': { exitCode: 1, signal: null, reason: 'exit' },
  'heap exhausted': { exitCode: -6, signal: 'SIGABRT', reason: 'out-of-memory' },
};
/** These end a process in a later turn: what happens in one step is over by then. */
const LATER: readonly Way[] = ['uncaught error', 'unhandled rejection'];

function open(t: TestContext, options: PoolOptions = {}): Pool {
  return openPool(t, { processes: 1, stdio: 'ignore', execArgv: ['--max-old-space-size=48'], ...options });
}

function assertLost(error: Error, way: Way): void {
  assert.ok(error instanceof WorkerLostError, `${way}: ${error}`);
  const { exitCode, signal, reason, attempts, pid } = error;
  assert.deepEqual({ exitCode, signal, reason }, ENDS[way], way);
  assert.equal(attempts, 1);
  assert.ok(pid > 0);
}

/** What becomes of the tasks when a worker dies in this place. The pool replaces it, and works on: that is checked after each. */
const PLACES: Record<string, (pool: Pool, way: Way) => Promise<void>> = {
  async 'decoding its arguments'(pool, way) {
    assertLost(await rejection(pool.apply(deaths.take, [new deaths.Trap('decode', way)])), way);
  },
  async 'running a task'(pool, way) {
    assertLost(await rejection(pool.apply(deaths.run, [way])), way);
  },
  async 'encoding a result'(pool, way) {
    const outcome = await pool.apply(deaths.give, [way]).catch((error) => error);
    if (LATER.includes(way)) assert.ok(outcome instanceof deaths.Trap, `${way}: ${outcome}`);
    else assertLost(outcome, way);
  },
  /** The result has left the process; a task that has begun meanwhile is lost, one that has not runs elsewhere. */
  async 'having handed over a result'(pool, way) {
    const given = pool.apply(deaths.giveAndDie, [way, 2 * MIB]);
    const next = pool.apply(tasks.add, [1, 1], { retries: { crashes: 1 } });
    assert.equal((await given).length, 2 * MIB);
    assert.equal(await next, 2);
  },
  async 'being idle'(pool, way) {
    assert.equal(await pool.apply(deaths.dieIdle, [way, 20]), 'given');
  },
};

for (const way of WAYS) {
  test(`A worker that ends by ${way} takes down the task it runs, and no other`, async (t) => {
    const pool = open(t);
    let lost = 0;
    for (const [place, die] of Object.entries(PLACES)) {
      await die(pool, way);
      lost += 1;
      await until(() => pool.statistics().lost === lost, 30_000, `the worker lost while ${place}`);
      assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
    }
    assert.equal(pool.workerPids.length, 1);
  });

  test(`A worker that ends by ${way} in its initializer fails all tasks with the cause`, async (t) => {
    const pool = open(t, { initializer: deaths.run, initArgs: [way] });
    const error = await rejection<WorkerStartError>(pool.apply(tasks.add, [1, 1]));
    assert.ok(error instanceof WorkerStartError, String(error));
    const { signal, exitCode } = ENDS[way];
    const how = signal ? new RegExp(`${signal}|heap`) : new RegExp(`code ${exitCode}`);
    assert.match(String((error.cause as Error).message), how);
  });

  test(`A worker that ends by ${way} in an exit hook, when it is retired, is no loss`, async (t) => {
    const pool = open(t, { maxTasksPerChild: 1 });
    assert.equal(await pool.apply(deaths.dieAtExit, [way]), 'given');
    assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
    assert.equal(pool.statistics().lost, 0);
  });
}
