import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tasks from '../fixtures/pool/tasks.js';
import { LIMIT, openPool, range, rejection, warmUp } from './support.js';

test('Tasks of a higher priority run first, first come first served within one', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const order: string[] = [];
  const submit = (name: string, priority: number): Promise<unknown> =>
    pool.apply(tasks.later, [name, 5], { priority }).then(() => order.push(name));
  const first = pool.apply(tasks.later, ['first', 50]);
  await Promise.all([
    submit('a0', 0),
    submit('b5', 5),
    submit('c0', 0),
    submit('d-1', -1),
    submit('e5', 5),
    submit('f9', 9),
    first,
  ]);
  assert.deepEqual(order, ['f9', 'b5', 'e5', 'a0', 'c0', 'd-1']);
});

test('An urgent task overtakes a map of lower priority that has been going on for long', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  const stopping = new AbortController();
  const options = { chunkSize: 1, signal: stopping.signal };
  const mapping = rejection(pool.map(tasks.later, Array(4000).fill(30), options));
  await sleep(1300);
  await pool.apply(tasks.add, [1, 1], { priority: 1 });
  stopping.abort(new Error('overtaken'));
  assert.equal((await mapping).message, 'overtaken');
});

test('Waiting tasks rise, so that a stream of urgent ones does not starve them', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  let isOver = false;
  const stream = Promise.all(
    range(3).map(async () => {
      while (!isOver) await pool.apply(tasks.later, ['urgent', 10], { priority: 2 });
    }),
  );
  const start = performance.now();
  await pool.apply(tasks.add, [1, 1], { priority: 0 });
  const waited = performance.now() - start;
  isOver = true;
  await stream;
  assert.ok(waited > 1000 && waited < LIMIT, `${waited} ms`);
});
