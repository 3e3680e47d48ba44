import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { CancelledError, InvalidStateError, TimeoutError } from 'brood';
import { Future } from 'brood/futures';

const asWarning = (code: string): Promise<Error & { code?: string }> =>
  new Promise((resolve) => {
    const listener = (warning: Error & { code?: string }): void => {
      if (warning.code !== code) return;
      process.off('warning', listener);
      resolve(warning);
    };
    process.on('warning', listener);
  });

test('A future is pending, runs, and finishes with a value', async () => {
  const future = new Future<number>();
  assert.deepEqual([future.done(), future.running(), future.cancelled()], [false, false, false]);
  assert.equal(inspect(future), '<Future pending>');
  assert.equal(future.setRunningOrNotifyCancel(), true);
  assert.deepEqual([future.done(), future.running(), future.cancelled()], [false, true, false]);
  assert.equal(future.cancel(), false);
  future.setResult(7);
  assert.deepEqual([future.done(), future.running(), future.cancelled()], [true, false, false]);
  assert.equal(`${future}`, '<Future finished with a value>');
  assert.equal(await future, 7);
  assert.equal(await future.result(0), 7);
  assert.equal(await future.exception(0), undefined);
  assert.equal(future.cancel(), false);
});

test('A future finishes with whatever was thrown, and nobody has to look at it', async () => {
  for (const error of [new RangeError('no'), null, undefined, 'text']) {
    const future = new Future<number>();
    future.setException(error);
    await sleep(1);
    assert.equal(await future.exception(), error);
    await assert.rejects(
      async () => await future,
      (thrown) => thrown === error,
    );
  }
});

test('A cancelled future rejects with a CancelledError, also as an exception', async () => {
  const future = new Future<number>();
  assert.equal(future.cancel(), true);
  assert.equal(future.cancel(), true);
  assert.deepEqual([future.done(), future.running(), future.cancelled()], [true, false, true]);
  assert.equal(future.setRunningOrNotifyCancel(), false);
  assert.equal(future.cancel(), true);
  assert.equal(inspect(future), '<Future cancelled>');
  await assert.rejects(future.result(), CancelledError);
  await assert.rejects(future.exception(), CancelledError);
  assert.throws(() => future.setRunningOrNotifyCancel(), InvalidStateError);
});

test('A future is settled once', () => {
  const finished = new Future<number>();
  finished.setResult(1);
  const cancelled = new Future<number>();
  cancelled.cancel();
  for (const future of [finished, cancelled]) {
    for (const again of [() => future.setResult(2), () => future.setException(new Error('late'))]) {
      assert.throws(again, (error: InvalidStateError) => {
        assert.ok(error instanceof InvalidStateError);
        assert.equal(error.code, 'ERR_INVALID_STATE');
        assert.match(error.message, /^Cannot set the (result|exception) of <Future (finished|cancelled)/);
        return true;
      });
    }
  }
  assert.throws(() => finished.setRunningOrNotifyCancel(), InvalidStateError);
  const running = new Future<number>();
  running.setRunningOrNotifyCancel();
  assert.throws(() => running.setRunningOrNotifyCancel(), InvalidStateError);
});

test('Waiting for a future takes a timeout and a signal, and leaves it alone', async () => {
  const future = new Future<number>();
  await assert.rejects(future.result(0), TimeoutError);
  await assert.rejects(future.exception({ timeout: 5 }), TimeoutError);
  await assert.rejects(future.result(Number.NaN), RangeError);
  const controller = new AbortController();
  const waiting = future.result({ signal: controller.signal });
  controller.abort('enough');
  await assert.rejects(waiting, (reason) => reason === 'enough');
  assert.equal(future.done(), false);
  future.setResult(1);
  assert.equal(await future.result(), 1);
});

test('Callbacks are called once, in order, at once if it is done; one that throws is a warning', async () => {
  const future = new Future<number>();
  const calls: string[] = [];
  const warning = asWarning('BROOD_CALLBACK_FAILED');
  const twice = (): unknown => calls.push('twice');
  future.addDoneCallback((done) => calls.push(`first ${done === future}`));
  future.addDoneCallback(() => {
    throw new Error('my mistake');
  });
  future.addDoneCallback(twice);
  future.addDoneCallback(twice);
  future.setResult(1);
  future.addDoneCallback(() => calls.push('late'));
  assert.deepEqual(calls, ['first true', 'twice', 'twice', 'late']);
  assert.match((await warning).message, /my mistake/);
  assert.throws(() => future.addDoneCallback(1 as never), TypeError);
});
