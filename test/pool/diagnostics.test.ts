import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type DiagnosticsMessages, Pool, PoolTerminatedError, WorkerLostError } from 'brood';
import { ProcessPoolExecutor } from 'brood/futures';
import { ThreadPool } from 'brood/threads';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { runProgram } from '../process/program.js';
import { LIMIT, makeFolder, openPool, range, rejection, until, warmUp } from './support.js';

type Name = keyof DiagnosticsMessages;
type Heard = { [N in Name]: { name: N } & DiagnosticsMessages[N] }[Name];

const TASK_CHANNELS = [
  'brood:task:create',
  'brood:task:start',
  'brood:task:loss',
  'brood:task:retry',
  'brood:task:end',
] as const satisfies Name[];
const WORKER_CHANNELS = ['brood:worker:start', 'brood:worker:suspend', 'brood:worker:end'] as const satisfies Name[];

const poolOf = (heard: Heard): string => ('pool' in heard ? heard.pool : heard.task.pool);

/** All that is published about one pool until the end of the test. */
function listen(t: TestContext, pool: string, names: readonly Name[] = TASK_CHANNELS): Heard[] {
  const all: Heard[] = [];
  const listener = (message: unknown, name: string | symbol): void => {
    const heard = { ...(message as object), name } as Heard;
    if (poolOf(heard) === pool) all.push(heard);
  };
  for (const name of names) subscribe(name, listener);
  t.after(() => {
    for (const name of names) unsubscribe(name, listener);
  });
  return all;
}

const namesOf = (heard: readonly Heard[]): string[] => heard.map(({ name }) => name.replace('brood:', ''));
const only = <N extends Name>(heard: readonly Heard[], name: N): Array<DiagnosticsMessages[N]> =>
  heard.filter((it) => it.name === name) as unknown as Array<DiagnosticsMessages[N]>;

test('A call is told of when it is made, begins and ends', async (t) => {
  const heard = listen(t, 'calls');
  const pool = openPool(t, { processes: 1, name: 'calls' });
  await warmUp(pool);
  const result = pool.apply(tasks.later, ['x', 20]);
  assert.deepEqual(namesOf(heard), ['task:create']);
  await result;
  assert.deepEqual(namesOf(heard), ['task:create', 'task:start', 'task:end']);
  const [create] = only(heard, 'brood:task:create');
  const [start] = only(heard, 'brood:task:start');
  const [end] = only(heard, 'brood:task:end');
  const id = create?.task.id;
  assert.equal(typeof id, 'number');
  assert.deepEqual(create?.task, { id, pool: 'calls', name: 'later', index: null, carrier: {} });
  assert.ok(create.task === start?.task && create.task === end?.task);
  assert.deepEqual([start?.attempt, start?.worker.pid], [1, pool.workerPids[0]]);
  assert.match(start?.worker.name ?? '', /^PoolWorker-\d+$/);
  assert.deepEqual([end?.attempts, end?.outcome, end?.error], [1, 'done', undefined]);
  assert.ok((end?.runTime ?? 0) >= 15, String(end?.runTime));
});

for (const [kind, create] of [
  ['Pool', () => new Pool({ processes: 2, name: 'each' })],
  ['ThreadPool', () => new ThreadPool({ processes: 2, name: 'each' })],
] as const) {
  test(`${kind}: each item of a map begins once and ends once, also where thousands are answered together`, async (t) => {
    const heard = listen(t, 'each');
    await using pool = create();
    await pool.map(tasks.double, range(5000));
    for (const name of ['brood:task:create', 'brood:task:start', 'brood:task:end'] as const) {
      const indexes = only(heard, name).map(({ task }) => task.index ?? -1);
      assert.deepEqual(
        indexes.sort((a, b) => a - b),
        range(5000),
        name,
      );
    }
    const states = new Map<object, string>();
    for (const message of heard) {
      if ('pool' in message) continue; // About a worker.
      states.set(message.task, `${states.get(message.task) ?? ''} ${message.name.replace('brood:task:', '')}`);
    }
    assert.deepEqual([...new Set(states.values())], [' create start end']);
    assert.equal(states.size, 5000);
  });
}

test('An executor tells of its tasks as a pool does', async (t) => {
  const heard = listen(t, 'executor', [...TASK_CHANNELS, ...WORKER_CHANNELS]);
  await using executor = new ProcessPoolExecutor({ maxWorkers: 1, name: 'executor' });
  await executor.submit(tasks.add, 1, 2);
  await executor.shutdown();
  assert.deepEqual(namesOf(heard), ['task:create', 'worker:start', 'task:start', 'task:end', 'worker:end']);
});

test('A task that fails and runs again has one beginning for each attempt, and one end', async (t) => {
  const heard = listen(t, 'retries');
  const pool = openPool(t, { processes: 1, name: 'retries' });
  await pool.apply(tasks.succeedAt, [3], { retries: { errors: 2, delay: 1 } });
  assert.deepEqual(namesOf(heard), [
    'task:create',
    ...['task:start', 'task:retry', 'task:start', 'task:retry', 'task:start'],
    'task:end',
  ]);
  assert.deepEqual(
    only(heard, 'brood:task:start').map(({ attempt }) => attempt),
    [1, 2, 3],
  );
  const [first] = only(heard, 'brood:task:retry');
  assert.deepEqual([first?.attempt, first?.delay, first?.error instanceof Error], [1, 1, true]);
  assert.equal(only(heard, 'brood:task:end')[0]?.attempts, 3);
});

test('A task whose worker dies is told as lost, with how the worker ended, before it runs again or fails', async (t) => {
  const heard = listen(t, 'losses', [...TASK_CHANNELS, ...WORKER_CHANNELS]);
  const pool = openPool(t, { processes: 1, name: 'losses' });
  const error = await rejection(pool.apply(harm.kill, ['SIGKILL'], { retries: { crashes: 1 } }));
  assert.ok(error instanceof WorkerLostError);
  const about = only(heard, 'brood:task:create')[0]?.task;
  assert.deepEqual(namesOf(heard.filter((it) => 'task' in it && it.task === about)), [
    'task:create',
    'task:start',
    'task:loss',
    'task:retry',
    'task:start',
    'task:loss',
    'task:end',
  ]);
  const losses = only(heard, 'brood:task:loss');
  const starts = only(heard, 'brood:task:start');
  for (const [i, { signal, exitCode, reason, worker, attempt }] of losses.entries()) {
    assert.deepEqual([signal, reason, attempt], ['SIGKILL', 'signal', i + 1]);
    assert.equal(exitCode, error.exitCode);
    assert.deepEqual(worker, starts[i]?.worker);
  }
  const [end] = only(heard, 'brood:task:end');
  assert.deepEqual([end?.outcome, end?.error, end?.runTime], ['failed', error, null]);
  await until(() => only(heard, 'brood:worker:end').length === 2);
  assert.deepEqual(
    only(heard, 'brood:worker:end').map(({ reason, signal, worker }) => [reason, signal, worker]),
    losses.map(({ worker }) => ['signal', 'SIGKILL', worker]),
  );
});

test('What never ran ends too: cancelled before its turn, or with an argument that cannot cross', async (t) => {
  const heard = listen(t, 'unrun');
  const pool = openPool(t, { processes: 1, name: 'unrun' });
  const cancelled = pool.applyAsync(tasks.add, [1, 2]);
  cancelled.cancel();
  const reason = await rejection(cancelled.get());
  const refused = await rejection(pool.map(tasks.identity, [new WeakMap()]));
  assert.deepEqual(namesOf(heard), ['task:create', 'task:end', 'task:create', 'task:end']);
  assert.deepEqual(
    only(heard, 'brood:task:end').map(({ outcome, error, attempts, runTime }) => [outcome, error, attempts, runTime]),
    [
      ['cancelled', reason, 0, null],
      ['failed', refused, 0, null],
    ],
  );
});

test('Workers are told of when they start and end', async (t) => {
  const heard = listen(t, 'workers', WORKER_CHANNELS);
  const pool = openPool(t, { processes: 2, name: 'workers' });
  const pids = pool.workerPids;
  await warmUp(pool);
  assert.deepEqual(
    only(heard, 'brood:worker:start').map(({ worker }) => worker.pid),
    pids,
  );
  pool.close();
  await pool.join();
  const ends = only(heard, 'brood:worker:end');
  assert.deepEqual(new Set(ends.map(({ worker }) => worker.pid)), new Set(pids));
  for (const { exitCode, signal, reason } of ends) assert.deepEqual([exitCode, signal, reason], [0, null, null]);
});

test('Messages about a task are published in the async context of the call it belongs to', async (t) => {
  const storage = new AsyncLocalStorage<string>();
  const pool = openPool(t, { processes: 2, name: 'contexts' });
  const seen = new Map<string, Set<string | undefined>>();
  const listener = (message: unknown): void => {
    const { pool: name, name: task } = (message as DiagnosticsMessages['brood:task:end']).task;
    if (name === 'contexts') seen.set(task, (seen.get(task) ?? new Set()).add(storage.getStore()));
  };
  for (const name of TASK_CHANNELS) subscribe(name, listener);
  t.after(() => {
    for (const name of TASK_CHANNELS) unsubscribe(name, listener);
  });
  await Promise.all([
    storage.run('a map', () => pool.map(tasks.double, range(100))),
    storage.run('a call', () => pool.apply(tasks.add, [1, 2])),
    storage.run('a call that is repeated', () => pool.apply(tasks.succeedAt, [2], { retries: 1 })),
    storage.run('an iteration', async () => {
      for await (const _ of pool.imap(tasks.identity, range(50)));
    }),
  ]);
  assert.deepEqual(Object.fromEntries([...seen].map(([task, stores]) => [task, [...stores]])), {
    double: ['a map'],
    add: ['a call'],
    succeedAt: ['a call that is repeated'],
    identity: ['an iteration'],
  });
});

test('Who begins to listen late hears how what was submitted before ends', async (t) => {
  const pool = openPool(t, { processes: 1, name: 'late' });
  await warmUp(pool);
  const gate = join(makeFolder(t), 'gate');
  const results = [pool.apply(tasks.onceThere, [gate, 1]), pool.map(tasks.later, [1, 2], { chunkSize: 1 })];
  await until(() => pool.statistics().tasks.running === 1);
  const heard = listen(t, 'late');
  tasks.mark(gate);
  await Promise.all(results);
  assert.equal(only(heard, 'brood:task:create').length, 0);
  assert.equal(only(heard, 'brood:task:end').length, 3);
});

test('A subscriber that throws is an uncaught exception of its own: the pool works on', async (t) => {
  const program = fileURLToPath(new URL('../fixtures/pool/throwing-subscribers.js', import.meta.url));
  const { status, stdout, stderr } = await runProgram(t, [program], { nodeArgs: ['--no-warnings'] });
  assert.deepEqual([status, stderr], [0, '']);
  const { results, uncaught } = JSON.parse(stdout) as { results: unknown[]; uncaught: Record<string, number> };
  assert.deepEqual(results, [[0, 2, 4, 6], 3, 'lost', 2, 'went on']);
  assert.deepEqual(Object.keys(uncaught).sort(), [...TASK_CHANNELS, ...WORKER_CHANNELS].sort());
});

for (const name of [...TASK_CHANNELS, ...WORKER_CHANNELS]) {
  test(`A subscriber of ${name} may terminate the pool: all that is awaited settles`, async (t) => {
    const listener = (message: unknown): void => {
      if (poolOf(message as Heard) === `ended by ${name}`) pool.terminate();
    };
    subscribe(name, listener);
    t.after(() => unsubscribe(name, listener));
    const pool = openPool(t, { processes: 2, name: `ended by ${name}` });
    const outcomes = await Promise.allSettled([
      pool.apply(tasks.succeedAt, [2], { retries: 1 }),
      pool.map(tasks.double, range(1000), { chunkSize: 10 }),
      pool.apply(harm.kill),
      ...range(300).map((n) => pool.apply(tasks.add, [n, 1])),
      pool.apply(harm.stopItself),
    ]);
    const rejected = outcomes.filter((it) => it.status === 'rejected').map(({ reason }) => reason as Error);
    assert.ok(rejected.some((error) => error instanceof PoolTerminatedError || error instanceof WorkerLostError));
    assert.equal(await pool.join(LIMIT), true);
  });
}
