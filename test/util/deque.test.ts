import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deque } from '#dist/util/deque.js';
import { runs } from '../support/seed.js';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constantFrom('push', 'unshift'), item: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('shift'), item: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('peek', 'clear'), item: fc.constant(0) }) },
);

test('Deque behaves as an array does, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const deque = new Deque<number>();
      const model: number[] = [];
      for (const { is, item } of steps) {
        if (is === 'push') {
          deque.push(item);
          model.push(item);
        } else if (is === 'unshift') {
          deque.unshift(item);
          model.unshift(item);
        } else if (is === 'shift') assert.equal(deque.shift(), model.shift());
        else if (is === 'peek') assert.equal(deque.peek(), model[0]);
        else {
          deque.clear();
          model.splice(0);
        }
        assert.equal(deque.length, model.length);
      }
      assert.deepEqual([...deque], model);
    }),
    runs(500),
  );
});

test('Deque keeps undefined apart from nothing', () => {
  const deque = new Deque<undefined>();
  deque.push(undefined);
  assert.equal(deque.length, 1);
  assert.equal(deque.shift(), undefined);
  assert.equal(deque.length, 0);
});

test('Deque shifts 200,000 entries in no time', { timeout: 5000 }, () => {
  const deque = new Deque<number>();
  for (let i = 0; i < 200_000; i += 1) deque.push(i);
  for (let i = 0; i < 200_000; i += 1) assert.equal(deque.shift(), i);
});
