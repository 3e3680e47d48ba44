import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, TaskTimeoutError, WorkerLostError } from 'brood';
import * as harm from '../fixtures/pool/harm.js';
import * as tasks from '../fixtures/pool/tasks.js';
import { openPool, range, until } from '../pool/support.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { createRandom } from '../support/random.js';
import { isLong, scaled, seed } from '../support/seed.js';
import { keepBusy } from './keep-busy.js';
import { killAtRandom, scenario } from './scenario.js';

const MIB = 2 ** 20;
const forgiving = { retries: { crashes: 1000 } };

scenario('F1', 'a pool resized up and down under load, with kills and recycling', async (t, ledger) => {
  const random = createRandom(seed);
  const pool = openPool(t, { processes: 3, maxTasksPerChild: 50 });
  let isOver = false;
  const load = keepBusy(
    8,
    scaled(600),
    () => isOver,
    async (n) => assert.equal(await ledger.submit(pool, tasks.later<number>, [n, 3], n, forgiving), undefined),
  );
  for (let round = 0; round < scaled(1); round += 1) {
    for (const size of isLong ? [12, 2, 1, 12, 6, 1, 8, 5] : [6, 2, 1, 6, 4, 1, 3, 2]) {
      pool.resize(size);
      assert.equal(pool.processes, size);
      await sleep(30 + random() * 60);
      const pids = pool.workerPids;
      ledger.kill(pids[Math.floor(random() * pids.length)] as number);
    }
  }
  isOver = true;
  await load;
  await until(() => pool.workerPids.length === pool.processes, 60_000);
});

scenario('F2', 'an input of any length, read lazily', async (t, ledger) => {
  const count = scaled(200_000);
  const pool = openPool(t, 2);
  let read = 0;
  let seen = 0;
  let sum = 0;
  const highest: [number, number] = [0, 0]; // What is alive at most in the first half, and in the second.
  function* naturals(): Generator<number> {
    for (; read < count; read += 1) yield read;
  }
  for await (const value of pool.imap(tasks.double, naturals(), { chunkSize: 500, bufferSize: 2000 })) {
    assert.equal(value, seen * 2);
    seen += 1;
    sum += value;
    assert.ok(read - seen <= 2000);
    if (seen % 10_000 > 0) continue;
    const half = seen > count / 2 ? 1 : 0;
    collectGarbage(); // When V8 would do so by itself is not for this to say.
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    highest[half] = Math.max(highest[half], heapUsed + arrayBuffers);
  }
  ledger.tally(count, seen);
  assert.equal(sum, count * (count - 1));
  const growth = highest[1] - highest[0];
  assert.ok(growth < 20 * MIB, `${growth} bytes more`);
});

scenario('F6', 'workers that write garbage to every descriptor they have', async (t, ledger) => {
  const pool = openPool(t, { processes: 2, stdio: 'ignore' });
  for (let round = 0; round < scaled(1); round += 1) {
    for (const fd of [1, 2, 3, 4]) {
      const options = { retries: { crashes: 10 } };
      const neighbours = pool.map(tasks.later<number>, range(40), { chunkSize: 1, ...options });
      const error = await ledger.follow(pool.apply(harm.scribbleAndWait, [fd, 1000]), 'waited');
      // Those of the protocol belong to nobody else: such a worker is given up.
      if (fd <= 2) assert.equal(error, undefined);
      else assert.ok(error === undefined || error instanceof WorkerLostError, String(error));
      await ledger.expect(range(40), neighbours);
    }
  }
});

scenario('F7', 'everything at once: kills, timeouts, cancels, crashes, resizing, recycling', async (t, ledger) => {
  const random = createRandom(seed);
  const pool = openPool(t, { processes: 3, maxTasksPerChild: 40, stdio: 'ignore', task: { grace: 50 } });
  const kills = scaled(8);
  let isOver = false;
  const resizing = (async () => {
    while (!isOver) {
      await sleep(100);
      pool.resize(1 + Math.floor(random() * 4));
    }
  })();
  const killing = killAtRandom(pool, ledger, random, kills);
  const step = async (n: number): Promise<void> => {
    const lot = random();
    const retries = lot < 0.5 ? 100 : 0;
    let end: Promise<Error | undefined>;
    if (lot < 0.02) end = ledger.follow(pool.apply(harm.loopForEver, [], { timeout: 30 }), null as never);
    else if (lot < 0.05) end = ledger.follow(pool.apply(harm.exit, [1]), null as never);
    else if (lot < 0.1) {
      const signal = AbortSignal.timeout(Math.floor(random() * 500));
      end = ledger.follow(pool.apply(harm.neverSettle, [], { signal }), null as never);
    } else end = ledger.submit(pool, tasks.later<number>, [n, Math.floor(random() * 10)], n, { retries });
    const error = await end;
    const known = [WorkerLostError, TaskTimeoutError, CancelledError, DOMException];
    assert.ok(error === undefined || known.some((type) => error instanceof type), `${n}: ${String(error)}`);
    assert.ok(error === undefined || lot < 0.1 || lot >= 0.5, `${n}: ${String(error)}, with retries`);
  };
  await keepBusy(40, scaled(250), () => ledger.kills === kills, step);
  isOver = true;
  await Promise.all([killing, resizing]);
  await until(() => pool.statistics().tasks.running === 0, 60_000);
  assert.equal(pool.statistics().tasks.queued, 0);
  pool.resize(2);
  await ledger.expect(range(50), pool.map(tasks.identity<number>, range(50)));
});
