import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CancelledError, type Pool, PoolTerminatedError, TaskTimeoutError } from 'brood';
import { ProcessPoolExecutor } from 'brood/futures';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { Program, tryKill } from '../process/program.js';
import { isGone, LIMIT, makeFolder, openPool, rejection, until, waitForLines } from './support.js';

const grace = 50;

/** A pool of one worker, which is stopped in its task by `begin`. */
function openStopped(t: TestContext) {
  const pool = openPool(t, 1);
  const path = join(makeFolder(t), 'pid');
  const begin = async (): Promise<number> => {
    const pid = Number((await waitForLines(path))[0]);
    tryKill(pid, 'SIGSTOP'); // Where it takes long to come to this, it may have run out of its time.
    return pid;
  };
  return { pool, path, begin };
}

/** The stopped worker has ended, and another one works. */
async function expectReplaced(pool: Pool, pid: number): Promise<void> {
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
  await until(() => isGone(pid));
}

test('A task of a stopped worker can be aborted and cancelled, and its worker is killed after the grace', async (t) => {
  const { pool, path, begin } = openStopped(t);
  const controller = new AbortController();
  const aborted = rejection(pool.apply(harm.markThenHang, [path], { signal: controller.signal, grace }));
  const pid = await begin();
  controller.abort(new Error('enough'));
  assert.equal((await aborted).message, 'enough');
  await expectReplaced(pool, pid);
  const other = openStopped(t);
  const result = other.pool.applyAsync(harm.markThenHang, [other.path], { grace });
  const otherPid = await other.begin();
  assert.equal(result.cancel(), 'running');
  assert.ok((await rejection(result.get())) instanceof CancelledError);
  await expectReplaced(other.pool, otherPid);
});

test('A task that a stopped worker has not begun can be cancelled', async (t) => {
  const pool = openPool(t, 1);
  const pid = await pool.apply(tasks.pid);
  process.kill(pid, 'SIGSTOP');
  const result = pool.applyAsync(tasks.add, [1, 1], { grace });
  await until(() => pool.statistics().workers[0]?.state === 'busy');
  result.cancel();
  assert.ok((await rejection(result.get())) instanceof CancelledError);
  tryKill(pid, 'SIGCONT'); // Without shared memory it has been killed.
  assert.equal(await pool.apply(tasks.add, [1, 1]), 2);
});

test('An iteration whose worker is stopped can be left', async (t) => {
  const { pool, path, begin } = openStopped(t);
  const iteration = pool.imap(harm.markThenHang, [path, path], { grace });
  const next = iteration.next();
  const pid = await begin();
  assert.deepEqual(await iteration.return?.('left'), { done: true, value: 'left' });
  assert.deepEqual(await next, { done: true, value: undefined });
  await expectReplaced(pool, pid);
});

test('A map fails at the first failure, although another of its workers is stopped, and its pool can be disposed of', async (t) => {
  const pool = openPool(t, 2);
  const path = join(makeFolder(t), 'begun');
  const gate = join(makeFolder(t), 'gate');
  const items: tasks.MarkedItem[] = [
    { path, endsOnce: `${path}.never` },
    { path, failsOnce: gate },
  ];
  const mapped = rejection(pool.map(tasks.failOrMark, items, { chunkSize: 1 }));
  await waitForLines(path);
  await until(() => pool.statistics().tasks.running === 2);
  const [first] = [...pool.statistics().workers].sort((a, b) => (a.task ?? 0) - (b.task ?? 0));
  process.kill(first?.pid as number, 'SIGSTOP');
  tasks.mark(gate);
  assert.equal((await mapped).message, 'bad item');
  await pool[Symbol.asyncDispose]();
});

test('A task of a stopped worker runs out of its time, and runs again if it may', async (t) => {
  const { pool, path, begin } = openStopped(t);
  const task = rejection(pool.apply(harm.markThenHang, [path], { timeout: 2000, grace, retries: { timeouts: 1 } }));
  const pid = await begin();
  const error = await task;
  assert.ok(error instanceof TaskTimeoutError, String(error));
  assert.equal(error.attempts, 2);
  await expectReplaced(pool, pid);
});

test('Pool.terminate() ends stopped workers, and all that they have started', async (t) => {
  const { pool, path, begin } = openStopped(t);
  const task = rejection(pool.apply(harm.startGrandchildren, [path]));
  const started = (await waitForLines(path, 2)).map(Number);
  const pids = [...started, ...pool.workerPids];
  await begin();
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  pool.terminate();
  assert.ok((await task) instanceof PoolTerminatedError);
  assert.equal(await pool.join(LIMIT), true);
  await until(() => pids.every(isGone));
});

test('Pool.close() ends idle workers that are stopped', async (t) => {
  const pool = openPool(t, 1);
  process.kill(await pool.apply(tasks.pid), 'SIGSTOP');
  pool.close();
  assert.equal(await pool.join(LIMIT), true);
});

test('A worker that is stopped when it has run its maxTasksPerChild is replaced, and keeps nobody from joining', async (t) => {
  const pool = openPool(t, { processes: 1, maxTasksPerChild: 1 });
  const pid = await pool.apply(harm.stopAtExit);
  assert.notEqual(await pool.apply(tasks.pid), pid);
  pool.close();
  assert.equal(await pool.join(LIMIT), true);
  assert.ok(isGone(pid));
});

test('ProcessPoolExecutor.terminateWorkers() ends stopped workers', async (t) => {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1 });
  t.after(() => executor.killWorkers());
  const path = join(makeFolder(t), 'pid');
  const future = executor.submit(harm.markThenHang, path);
  const pid = Number((await waitForLines(path))[0]);
  process.kill(pid, 'SIGSTOP');
  executor.terminateWorkers();
  await rejection(Promise.resolve(future));
  await until(() => isGone(pid));
});

for (const way of ['exit', 'idle']) {
  test(`A program that ends${way === 'exit' ? ' by process.exit()' : ' with SIGKILL'} leaves no stopped worker behind`, async (t) => {
    const path = fileURLToPath(new URL('../fixtures/pool/suspended.js', import.meta.url));
    const program = new Program(t, [path, join(makeFolder(t), 'gate')]);
    await program.waitFor(/up\n/);
    process.kill(Number(/^worker (\d+)$/m.exec(program.stdout)?.[1]), 'SIGSTOP');
    if (way === 'exit') program.tell('exit');
    else program.child.kill('SIGKILL');
    await program.exited;
    assert.deepEqual(await program.survivors(), []);
  });
}

test('A program whose idle worker is stopped ends by itself', async (t) => {
  const path = fileURLToPath(new URL('../fixtures/pool/suspended.js', import.meta.url));
  const program = new Program(t, [path]);
  await program.waitFor(/up\n/);
  process.kill(Number(/^worker (\d+)$/m.exec(program.stdout)?.[1]), 'SIGSTOP');
  program.tell('forget');
  assert.equal((await program.ended).status, 0);
  assert.deepEqual(await program.survivors(), []);
});
