import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeoutError } from 'brood';
import { asCompleted, Future, waitFutures } from 'brood/futures';

const make = (count: number): Future<number>[] => Array.from({ length: count }, () => new Future<number>());
/** TypeScript takes what a `for await` yields for awaited, also where, as in the language, it is not. */
const asFuture = (item: number | Future<number>): Future<number> => item as Future<number>;

test('waitFutures() waits for all, the first, or the first failure; the same future twice counts once', async () => {
  const [a, b, c] = make(3) as [Future<number>, Future<number>, Future<number>];
  const first = waitFutures([a, b, b, c], { returnWhen: 'FIRST_COMPLETED' });
  const failed = waitFutures([a, b, c], { returnWhen: 'FIRST_EXCEPTION' });
  const all = waitFutures(new Set([a, b, c]));
  b.setResult(1);
  assert.deepEqual(await first, { done: new Set([b]), notDone: new Set([a, c]) });
  a.cancel();
  c.setException(new Error('no'));
  assert.deepEqual(await failed, { done: new Set([a, b, c]), notDone: new Set() });
  assert.deepEqual(await all, { done: new Set([a, b, c]), notDone: new Set() });
});

test('waitFutures() does not end at a cancelled future where the first failure is asked for', async () => {
  const [a, b] = make(2) as [Future<number>, Future<number>];
  a.cancel();
  const { done, notDone } = await waitFutures([a, b], { returnWhen: 'FIRST_EXCEPTION', timeout: 10 });
  assert.deepEqual([done, notDone], [new Set([a]), new Set([b])]);
});

test('waitFutures() tells what is done when time runs out, waits for nothing where there is nothing, and refuses nonsense', async () => {
  const [a, b] = make(2) as [Future<number>, Future<number>];
  a.setResult(1);
  for (const timeout of [0, 10])
    assert.deepEqual(await waitFutures([a, b], { timeout }), { done: new Set([a]), notDone: new Set([b]) });
  for (const returnWhen of ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const)
    assert.deepEqual(await waitFutures([], { returnWhen }), { done: new Set(), notDone: new Set() });
  await assert.rejects(waitFutures([a], { returnWhen: 'SOME' as never }), RangeError);
  await assert.rejects(waitFutures([1 as never]), TypeError);
  await assert.rejects(waitFutures([b], { signal: AbortSignal.abort('enough') }), (reason) => reason === 'enough');
});

test('asCompleted() yields what is done first, and the rest as it comes, each once', async () => {
  const [a, b, c] = make(3) as [Future<number>, Future<number>, Future<number>];
  b.setResult(2);
  const seen: Future<number>[] = [];
  for await (const item of asCompleted([a, b, b, c, a])) {
    const future = asFuture(item);
    seen.push(future);
    if (future === b) setImmediate(() => c.setException(new Error('no')));
    if (future === c) a.cancel();
  }
  assert.deepEqual(seen, [b, c, a]);
});

test('What is no iterable of futures is refused', async () => {
  for (const wrong of [null, 5, {}, [5]]) {
    await assert.rejects(waitFutures(wrong as never), /TypeError: Cannot wait for/);
    assert.throws(() => asCompleted(wrong as never), /TypeError: Cannot wait for/);
  }
});

test('asCompleted() serves several calls of next() at once', async () => {
  const futures = make(2);
  const iterator = asCompleted(futures);
  const results = Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  for (const future of futures) future.setResult(0);
  assert.deepEqual(await results, [
    { done: false, value: futures[0] },
    { done: false, value: futures[1] },
    { done: true, value: undefined },
  ]);
});

test('asCompleted() ends with a TimeoutError that counts, from the call on, and can be left', async () => {
  const [a, b] = make(2) as [Future<number>, Future<number>];
  a.setResult(1);
  const iterator = asCompleted([a, b], { timeout: 10 });
  assert.equal((await iterator.next()).value, a);
  await assert.rejects(iterator.next(), (error: Error) => {
    assert.ok(error instanceof TimeoutError);
    assert.equal(error.message, '1 (of 2) futures unfinished');
    return true;
  });
  assert.equal((await iterator.next()).done, true);
  for await (const future of asCompleted([a, b])) {
    assert.equal(asFuture(future), a);
    break;
  }
  assert.throws(() => asCompleted([a], { timeout: Number.NaN }), RangeError);
});
