import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { TimeoutError } from 'brood';
import { startTimer } from '#dist/util/timer.js';
import { checkDuration, normalizeWait, waitFor, waitForValue } from '#dist/util/wait.js';

const never = new Promise<never>(() => {});
const isOver = (): boolean => false;

test('A wait that is absent or infinite waits for ever, one of 0 or less polls', () => {
  for (const wait of [
    undefined,
    {},
    { timeout: undefined },
    Number.POSITIVE_INFINITY,
    { timeout: Number.POSITIVE_INFINITY },
  ]) {
    assert.equal(normalizeWait(wait).timeout, Number.POSITIVE_INFINITY);
  }
  for (const wait of [0, -0, -1, Number.NEGATIVE_INFINITY, { timeout: -5 }])
    assert.equal(normalizeWait(wait).timeout, 0);
  assert.equal(normalizeWait(undefined, 0).timeout, 0);
  assert.equal(normalizeWait(2 ** 40).timeout, 2 ** 40);
});

test('A wait that is no number is a RangeError', async () => {
  for (const wait of [Number.NaN, { timeout: Number.NaN }, '5', { timeout: '5' }, { timeout: null }, null, 5n]) {
    assert.throws(() => normalizeWait(wait as number), { name: 'RangeError', message: /^Cannot wait: the timeout is/ });
    await assert.rejects(waitFor(never, isOver, wait as number), RangeError);
  }
});

test('A duration is a number from 0 on', () => {
  for (const value of [0, 1.5, Number.POSITIVE_INFINITY]) assert.equal(checkDuration('grace', value), value);
  for (const value of [-1, Number.NaN, '1', null, undefined]) {
    assert.throws(() => checkDuration('grace', value as number), {
      name: 'RangeError',
      message: /^Cannot use grace "/,
    });
  }
});

test('waitFor() is false when time runs out, at once when it polls, and true when the event comes', async () => {
  assert.equal(await waitFor(never, isOver, 0), false);
  assert.equal(await waitFor(never, isOver, 10), false);
  assert.equal(await waitFor(Promise.resolve(), isOver, 1000), true);
  assert.equal(await waitFor(Promise.resolve(), () => true, 0), true);
  await assert.rejects(waitFor(Promise.reject(new Error('its own')), isOver, 1000), /its own/);
});

test('waitFor() rejects with the reason of an abort, before and during the wait, and lets go of the signal', async () => {
  const reason = { any: 'thing' };
  const isReason = (error: unknown): boolean => error === reason;
  await assert.rejects(
    waitFor(Promise.resolve(), () => true, { signal: AbortSignal.abort(reason) }),
    isReason,
  );
  const controller = new AbortController();
  const waiting = waitFor(never, isOver, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(waiting, isReason);
  const { signal } = new AbortController();
  const remove = mock.method(signal, 'removeEventListener');
  await waitFor(Promise.resolve(), isOver, { signal });
  assert.equal(remove.mock.callCount(), 1);
});

test('waitForValue() resolves to the value, and rejects with a TimeoutError that names what did not come', async () => {
  assert.equal(await waitForValue(Promise.resolve(5), isOver, 1000, 'it'), 5);
  await assert.rejects(waitForValue(never, isOver, 5, 'the result'), (error) => {
    assert.ok(error instanceof TimeoutError);
    assert.equal(error.message, 'Cannot get the result: it did not come within 5 ms; wait longer, or cancel it');
    return true;
  });
});

test('A timer that is cancelled, or infinite, is never due', async () => {
  let due = 0;
  const count = (): void => {
    due += 1;
  };
  startTimer(0, count).cancel();
  startTimer(Number.POSITIVE_INFINITY, count);
  assert.equal(await waitFor(never, isOver, 20), false);
  assert.equal(due, 0);
});
