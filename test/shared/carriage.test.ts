import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Process } from 'brood';
import { KINDS, type KindName, makeAll, remove } from '../fixtures/shared/kinds.js';
import * as tasks from '../fixtures/shared/tasks.js';
import { openPool, rejection, warmUp } from '../pool/support.js';

function assertAllTouched(objects: tasks.Objects): void {
  assert.deepEqual(
    KINDS.filter((kind) => !tasks.isTouched(kind, objects[kind])),
    [],
  );
  remove(Object.values(objects));
}

/** The entries of an object, as arguments of `touch`. */
const pairs = (objects: tasks.Objects): Array<[KindName, object]> =>
  Object.entries(objects) as Array<[KindName, object]>;

test('each kind goes to a Process: as an argument, as a field of a subclass, nested', async () => {
  const [asArgument, asField, nested] = [makeAll(), makeAll(), makeAll()];
  const children = [
    new Process({ target: tasks.touchAll, args: [asArgument] }),
    new tasks.Toucher(asField),
    new Process({ target: tasks.touchNest, args: [tasks.nest(nested)] }),
  ];
  for (const child of children) child.start();
  for (const child of children) {
    await child.join();
    assert.equal(child.exitCode, 0);
  }
  for (const objects of [asArgument, asField, nested]) assertAllTouched(objects);
});

test('each kind goes to a worker that was there before it: by apply, map, starmap and imap, nested', async (t) => {
  const pool = openPool(t);
  await warmUp(pool);
  const applied = makeAll();
  await Promise.all(pairs(applied).map((pair) => pool.apply(tasks.touch, pair)));
  const mapped = makeAll();
  await pool.map(tasks.touchPair, pairs(mapped), { chunkSize: 5 });
  const starmapped = makeAll();
  await pool.starmap(tasks.touch, pairs(starmapped));
  const iterated = makeAll();
  for await (const pid of pool.imap(tasks.touchPair, pairs(iterated))) assert.ok(pool.workerPids.includes(pid));
  const nested = makeAll();
  assert.notEqual(await pool.apply(tasks.touchNest, [tasks.nest(nested)]), process.pid);
  for (const objects of [applied, mapped, starmapped, iterated, nested]) assertAllTouched(objects);
});

test('each kind goes to an initializer', async (t) => {
  const objects = makeAll();
  const pool = openPool(t, { processes: 1, initializer: tasks.keep, initArgs: [objects] });
  await pool.apply(tasks.touchKept);
  assertAllTouched(objects);
});

test('each kind goes through a result, and from there to another worker', async (t) => {
  const makers = openPool(t, 1);
  const others = openPool(t, 1);
  for (const kind of KINDS) {
    const made = await makers.apply(tasks.make, [kind]);
    await others.apply(tasks.touch, [kind, made]);
    assert.ok(tasks.isTouched(kind, made), kind);
    assert.ok(await makers.apply(tasks.isTouched, [kind, made]), kind);
    remove([made]);
  }
  const results = await makers.map(tasks.make, KINDS, { chunkSize: 4 });
  for (const [i, kind] of KINDS.entries()) tasks.touch(kind, results[i] as object);
  remove(results);
});

test('each kind goes through progress, and as a field of what is thrown', async (t) => {
  const pool = openPool(t, 1);
  for (const kind of KINDS) {
    const told: object[] = [];
    await pool.apply(tasks.makeAndReport, [kind], { onProgress: (value) => told.push(value as object) });
    assert.equal(told.length, 1);
    tasks.touch(kind, told[0] as object);
    remove(told);
    const error = await rejection<RangeError & { object: object }>(pool.apply(tasks.throwWith, [kind]));
    assert.ok(error instanceof RangeError && error.message === 'mine');
    tasks.touch(kind, error.object);
    remove([error.object]);
  }
});

test('each kind goes to a grandchild, by run() and by a Pool of the task', async (t) => {
  const pool = openPool(t);
  const objects = makeAll();
  const pid = await pool.apply(tasks.touchInGrandchild, [objects]);
  assert.ok(pid !== process.pid && !pool.workerPids.includes(pid));
  assertAllTouched(objects);
  const others = makeAll();
  for (const kind of ['Lock', 'Barrier', 'Value', 'bytes'] as const) {
    await pool.apply(tasks.touchInNestedPool, [kind, others[kind]]);
    assert.ok(tasks.isTouched(kind, others[kind]), kind);
  }
  remove(Object.values(others));
});

test('what a grandchild made comes up, after its end', async (t) => {
  const pool = openPool(t);
  // By name: these are gone with whoever made them. Locks are held by nobody any more.
  const lasting = KINDS.filter((kind) => !/SharedMemory|ShareableList|Lock|Condition|Bounded/.test(kind));
  const made = await pool.map(tasks.makeInGrandchild, lasting);
  for (const [i, kind] of lasting.entries()) tasks.touch(kind, made[i] as object);
});
