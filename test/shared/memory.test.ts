import assert from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Event, type Pool, Process, share } from 'brood';
import { currentArena } from '#dist/memory/current-arena.js';
import { collect } from '../fixtures/shared/collect.js';
import { waitFor } from '../fixtures/shared/crashes.js';
import * as views from '../fixtures/shared/views.js';
import { openPool, rejection, warmUp } from '../pool/support.js';

const MIB = 2 ** 20;
const { descriptor } = currentArena('the test');
const residentBytes = (): number => fstatSync(descriptor).blocks * 512;

/**
 * Runs rounds that send 1 MiB, or `size` MiB, each; afterwards, when all has been collected, nothing of it is left. Both sides
 * collect in turn, after every 20 MiB: when V8 would do so by itself is not for this to say.
 */
async function assertNothingStays(
  t: TestContext,
  rounds: number,
  act: (pool: Pool, n: number) => Promise<unknown>,
  size = 1,
): Promise<void> {
  const pool = openPool(t, { processes: 1, stdio: 'ignore' });
  await pool.apply(views.collectHere);
  await collect();
  const before = residentBytes();
  const period = 40 / size;
  let peak = 0;
  for (let n = 0; n < rounds; n += 1) {
    await act(pool, n);
    peak = Math.max(peak, residentBytes() - before);
    if (n % period === 0) await collect();
    if (n % period === period / 2) await pool.apply(views.collectHere);
  }
  assert.ok(peak < 150 * MIB, `it took up to ${peak / MIB} MiB`);
  await untilCollected(before + 3 * MIB, () => pool.apply(views.collectHere));
}

/** Collects, here and by `collectThere`, until no more than that is resident. */
async function untilCollected(bytes: number, collectThere: () => Promise<void> = async () => {}): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    await collectThere();
    await collect();
    if (residentBytes() < bytes) return;
  }
  assert.fail(`${(residentBytes() - bytes) / MIB} MiB too much are left`);
}

test('300 rounds of 1 MiB as an argument, as a result and as both leave nothing', async (t) => {
  await assertNothingStays(t, 300, async (pool, n) => {
    const sent = share(new Uint8Array(MIB).fill(n));
    assert.equal(await pool.apply(views.firstOf, [sent]), n % 256);
    const made = await pool.apply(views.makeMiB, [n]);
    assert.equal(made[MIB - 1], n % 256);
    assert.equal((await pool.apply(views.pass, [made.subarray(1)]))[5], n % 256);
  });
});

test('items of a map, and their results, leave nothing', async (t) => {
  const size = 20;
  const passAll = async (pool: Pool, n: number): Promise<void> => {
    const items = Array.from({ length: size }, () => share(new Uint8Array(MIB).fill(n)));
    for (const bytes of await pool.map(views.pass, items)) assert.equal(bytes[0], n);
  };
  await assertNothingStays(t, 16, passAll, size);
});

test('progress that nobody listens to leaves nothing', async (t) => {
  await assertNothingStays(t, 20, (pool, n) => pool.apply(views.reportMiB, [n]));
});

test('progress that is listened to leaves nothing', async (t) => {
  let heard = 0;
  await assertNothingStays(t, 20, (pool, n) =>
    pool.apply(views.reportMiB, [n], {
      onProgress: (bytes) => {
        heard += Number((bytes as Uint8Array)[0] === n);
      },
    }),
  );
  assert.equal(heard, 20);
});

test('a result that cannot be sent whole leaves nothing', async (t) => {
  await assertNothingStays(t, 20, (pool, n) => rejection(pool.apply(views.returnHalfSendable, [n])));
});

test('an error that loses a field on its way leaves nothing', async (t) => {
  await assertNothingStays(t, 20, async (pool, n) => {
    const error = await rejection<Error & { n: number }>(pool.apply(views.throwHalfSendable, [n]));
    assert.deepEqual([error.n, 'field' in error], [n, false]);
  });
});

test('a result that comes after its task was cancelled leaves nothing', async (t) => {
  await assertNothingStays(t, 20, async (pool, n) => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await rejection(pool.apply(views.returnAfterCancel, [n], options));
    await pool.apply(views.firstOf, [new Uint8Array(1)]);
  });
});

test('arguments of tasks cancelled in the queue, and of those never read, leave nothing', async (t) => {
  const pool = openPool(t, 1);
  await warmUp(pool);
  await collect();
  const before = residentBytes();
  const gate = new Event();
  const blocking = pool.apply(waitFor, [gate]);
  const controller = new AbortController();
  const { signal } = controller;
  const queued = Array.from({ length: 30 }, () => pool.apply(views.firstOf, [views.makeMiB(1)], { signal }));
  assert.ok(residentBytes() - before > 29 * MIB);
  controller.abort();
  await Promise.allSettled(queued);
  gate.set();
  await blocking;
  queued.length = 0;
  await untilCollected(before + 4 * MIB);
  await (async () => {
    const lost = pool.applyAsync(views.firstOf, [views.makeMiB(1)]);
    pool.terminate();
    await rejection(lost.get());
    await pool.join();
  })();
  await untilCollected(before + 4 * MIB);
});

test('what Processes were started with goes with them', async () => {
  await collect();
  const before = residentBytes();
  for (let n = 0; n < 8; n += 1) {
    const child = new Process({ target: views.firstOf, args: [share(new Uint8Array(8 * MIB).fill(1))] });
    child.start();
    await child.join();
    child.close();
  }
  await untilCollected(before + 28 * MIB);
});
