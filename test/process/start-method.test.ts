import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getAllStartMethods, getStartMethod, Process, StateError, setStartMethod } from 'brood';
import { nothing } from '../fixtures/process/targets.js';

test('The start methods are listed with the default first', () => {
  const methods = getAllStartMethods();
  assert.equal(methods[0], 'spawn');
  assert.equal(getStartMethod(), 'spawn');
  methods.length = 0;
  assert.notEqual(getAllStartMethods().length, 0);
});

test('A start method that does not exist is a RangeError', () => {
  assert.throws(() => setStartMethod('fork' as never), /RangeError: .*"fork".*spawn/);
  assert.equal(getStartMethod(), 'spawn');
});

test('The start method is set once, unless force is given', async () => {
  setStartMethod('spawn');
  assert.throws(
    () => setStartMethod('spawn'),
    (error) => error instanceof StateError && /force: true/.test(error.message),
  );
  for (const method of getAllStartMethods()) {
    setStartMethod(method, { force: true });
    assert.equal(getStartMethod(), method);
    const child = new Process({ target: nothing });
    child.start();
    await child.join();
    assert.equal(child.exitCode, 0);
  }
});
