import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { Pool, type PoolOptions } from 'brood';
import { ProcessPoolExecutor } from 'brood/futures';
import { ThreadPool } from 'brood/threads';
import * as tasks from '../fixtures/opentelemetry/tasks.js';
import { startTracing, type Told } from '../fixtures/opentelemetry/tracing.js';
import { kill } from '../fixtures/pool/harm.js';
import { linesOf, makeFolder, openPool, range, rejection } from '../pool/support.js';
import { runProgram } from '../process/program.js';

const folder = mkdtempSync(join(tmpdir(), 'spans-'));
after(() => rmSync(folder, { recursive: true }));
/** Where all processes write their spans. */
const path = join(folder, 'spans');
const instrumentation = startTracing(path);
const tracer = trace.getTracer('test');

const traced: PoolOptions = { processes: 2, initializer: startTracing, initArgs: [path] };

const readSpans = (file: string): Told[] => linesOf(file).map((line) => JSON.parse(line) as Told);

/** The spans of everything that `act` does, by name; all of it happens in `root`. */
async function traceOf(act: () => Promise<unknown>): Promise<{ root: Told; spans: Map<string, Told> }> {
  const id = await tracer.startActiveSpan('root', async (span) => {
    await act();
    span.end();
    return span.spanContext().traceId;
  });
  const spans = new Map(readSpans(path).flatMap((span) => (span.trace === id ? [[span.name, span]] : [])));
  const root = spans.get('root');
  assert.ok(root);
  return { root, spans };
}

function spanOf(spans: Map<string, Told>, name: string): Told {
  const span = spans.get(name);
  assert.ok(span, `no span "${name}" among: ${[...spans.keys()].join(', ')}`);
  return span;
}

for (const [kind, run] of [
  ['Pool.apply()', (t: TestContext) => openPool(t, traced).apply(tasks.work, [1])],
  [
    'ProcessPoolExecutor.submit()',
    async () => {
      await using executor = new ProcessPoolExecutor({ maxWorkers: 1, initializer: startTracing, initArgs: [path] });
      await executor.submit(tasks.work, 1);
    },
  ],
  [
    'ThreadPool.apply()',
    async () => {
      await using pool = new ThreadPool(traced);
      await pool.apply(tasks.work, [1]);
    },
  ],
] as const) {
  test(`${kind}: the task has a span below the caller's, and spans made in the task are below that`, async (t) => {
    const { root, spans } = await traceOf(async () => run(t));
    const task = spanOf(spans, 'task work');
    assert.deepEqual([task.parent, task.pid, task.status], [root.id, process.pid, SpanStatusCode.UNSET]);
    assert.deepEqual(task.events, ['start']);
    for (const name of ['work 1', 'more work 1']) assert.equal(spanOf(spans, name).parent, task.id, name);
    const inside = spanOf(spans, 'work 1');
    assert.equal(inside.attributes.task, task.attributes['brood.task.id']);
    assert.equal(inside.pid === process.pid, kind.startsWith('Thread'));
    assert.deepEqual([task.attributes['brood.task.outcome'], task.attributes['brood.task.attempts']], ['done', 1]);
  });
}

test('Each item of a map has a span of its own, and what is made for it is below that', async (t) => {
  const pool = openPool(t, traced);
  const id = await tracer.startActiveSpan('root', async (span) => {
    await pool.map(tasks.work, range(40));
    span.end();
    return span.spanContext();
  });
  const spans = readSpans(path).filter((span) => span.trace === id.traceId);
  const items = spans.filter(({ name }) => name === 'task work');
  assert.deepEqual(
    items.map(({ attributes }) => Number(attributes['brood.task.index'])).sort((a, b) => a - b),
    range(40),
  );
  for (const { parent, attributes, id: own } of items) {
    assert.equal(parent, id.spanId);
    const names = spans.filter((span) => span.parent === own).map(({ name }) => name);
    const n = attributes['brood.task.index'];
    assert.deepEqual(names, [`work ${n}`, `more work ${n}`]);
  }
});

test('A task that runs again keeps its span, and each attempt is below it', async (t) => {
  const pool = openPool(t, traced);
  const { spans } = await traceOf(() => pool.apply(tasks.succeedAt, [2], { retries: 1 }));
  const task = spanOf(spans, 'task succeedAt');
  assert.deepEqual(task.events, ['start', 'exception', 'retry', 'start']);
  for (const name of ['attempt 1', 'attempt 2']) assert.equal(spanOf(spans, name).parent, task.id);
  assert.equal(task.status, SpanStatusCode.UNSET);
});

test('A task that fails, or is lost with its worker, has a span that says so', async (t) => {
  const pool = openPool(t, traced);
  const { spans } = await traceOf(async () => {
    await rejection(pool.apply(tasks.succeedAt, [2]));
    await rejection(pool.apply(kill));
    const result = pool.applyAsync(tasks.work, [1]);
    result.cancel();
    await rejection(result.get());
  });
  const states = ['task succeedAt', 'task kill', 'task work'].map((name) => {
    const { status, events, attributes } = spanOf(spans, name);
    return [status, events.join(), attributes['brood.task.outcome']];
  });
  assert.deepEqual(states, [
    [SpanStatusCode.ERROR, 'start,exception', 'failed'],
    [SpanStatusCode.ERROR, 'start,loss,exception', 'failed'],
    [SpanStatusCode.UNSET, '', 'cancelled'],
  ]);
});

test('The context goes on through a pool in a task', async (t) => {
  const pool = openPool(t, traced);
  const { spans } = await traceOf(() => pool.apply(tasks.workInside, [path, 1]));
  const outer = spanOf(spans, 'task workInside');
  const inner = spanOf(spans, 'task work');
  const work = spanOf(spans, 'work 1');
  assert.deepEqual([inner.parent, work.parent], [outer.id, inner.id]);
  assert.equal(new Set([outer.pid, inner.pid, work.pid]).size, 3);
});

test('While it is disabled tasks have no spans; those that had begun get their end', async (t) => {
  const pool = openPool(t, { ...traced, processes: 1 });
  const { spans } = await traceOf(async () => {
    const begun = pool.apply(tasks.work, [1]);
    instrumentation.disable();
    await Promise.all([begun, pool.apply(tasks.work, [2])]);
    instrumentation.enable();
    instrumentation.enable();
    await pool.apply(tasks.succeedAt, [1]);
  });
  assert.deepEqual([...spans.keys()].sort(), [
    'attempt 1',
    'more work 1',
    'root',
    'task succeedAt',
    'task work',
    'work 1',
  ]);
  assert.equal(
    readSpans(path).filter(({ trace: id, name }) => id === spanOf(spans, 'root').trace && name === 'task succeedAt')
      .length,
    1,
  );
});

test('Spans that a worker has not exported yet are, before it ends', async () => {
  const { spans, root } = await traceOf(async () => {
    const pool = new Pool({ processes: 1, initializer: startTracing, initArgs: [path, true] });
    await pool.apply(tasks.work, [7]);
    pool.close();
    await pool.join();
  });
  assert.equal(spanOf(spans, 'more work 7').trace, root.trace);
});

const program = fileURLToPath(new URL('../fixtures/opentelemetry/program.js', import.meta.url));

test('A file that is loaded by --import does for a program and all its workers', async (t) => {
  const file = join(makeFolder(t), 'spans');
  const tracing = new URL('../fixtures/opentelemetry/start-tracing.js', import.meta.url);
  const { status, stderr } = await runProgram(t, [program], {
    nodeArgs: ['--import', tracing.href],
    env: { SPANS: file },
  });
  assert.deepEqual([status, stderr], [0, '']);
  const spans = new Map(readSpans(file).map((span) => [span.name, span]));
  assert.equal(spanOf(spans, 'task work').parent, spanOf(spans, 'program').id);
  assert.equal(spanOf(spans, 'more work 3').parent, spanOf(spans, 'task work').id);
});

test('Without a provider nothing is recorded, and nothing goes to workers', async (t) => {
  const { status, stdout, stderr } = await runProgram(t, [program, 'instrumented']);
  assert.deepEqual([status, stdout, stderr], [0, '3 {}\n', '']);
});
