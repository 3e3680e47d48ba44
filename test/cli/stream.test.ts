import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Running, task } from './brood.ts';

/** By then the heap has its size. */
const WARM_UP = 30_000;
/** KiB. Whoever kept a KiB of every line would need more. */
const MAX_GROWTH = 48 * 1024;
/** Newer Nodes let garbage pile up to some hundred MiB before they look at it. */
const SMALL_YOUNG_HEAP = { NODE_OPTIONS: '--max-semi-space-size=2' };
const isLinux = process.platform === 'linux';

for (const { order, lines } of [
  { order: '--chunk=50', lines: 200_000 },
  { order: '--unordered', lines: 80_000 },
]) {
  test(`${lines} lines of stdin with ${order}: every result, in flat memory`, { skip: !isLinux }, async () => {
    const running = new Running(['map', task('double'), '--lines', '--quiet', order], { env: SMALL_YOUNG_HEAP });
    running.child.stdout.removeAllListeners('data'); // It would keep everything.
    const results = createInterface({ input: running.child.stdout })[Symbol.asyncIterator]();
    let sum = 0;
    const expectResults = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i += 1) {
        const { input, result } = JSON.parse((await results.next()).value) as { input: string; result: number };
        if (order !== '--unordered' && input !== String(i)) assert.fail(`line ${i} is about ${input}`);
        sum += result;
      }
    };
    const feed = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i += 500) {
        const text = Array.from({ length: 500 }, (_, k) => `${i + k}\n`).join('');
        if (!running.child.stdin.write(text)) await once(running.child.stdin, 'drain');
      }
    };

    await Promise.all([feed(0, WARM_UP), expectResults(0, WARM_UP)]);
    const before = peakMemory(running.child.pid as number);
    await Promise.all([feed(WARM_UP, lines), expectResults(WARM_UP, lines)]);
    const growth = peakMemory(running.child.pid as number) - before;
    running.child.stdin.end();
    assert.equal((await results.next()).done, true);
    const { status, stderr } = await running.ended;
    assert.deepEqual({ status, stderr, sum }, { status: 0, stderr: '', sum: lines * (lines - 1) });
    assert.ok(growth < MAX_GROWTH, `grew by ${growth} KiB`);
  });
}

test('A chunk does not wait for lines that have not come yet', async () => {
  const running = new Running(['map', task('double'), '--lines', '--quiet', '--chunk', '10']);
  running.child.stdin.write('1\n2\n');
  await running.waitFor('stdout', /"result":4/);
  running.child.stdin.end('3\n');
  assert.equal((await running.ended).stdout.match(/"result":/g)?.length, 3);
});

test('Input is read as workers need it: an endless one serves its first results, and is not drained', async () => {
  const running = new Running(['map', task('double'), '--lines', '--quiet']);
  let isFull = false;
  for (let i = 0; !isFull; i += 1) isFull = !running.child.stdin.write(`${i}\n`.repeat(10_000));
  await running.waitFor('stdout', /"result":0/);
  running.child.stdin.destroy();
  running.child.stdout.destroy();
  assert.equal((await running.ended).status, 141);
});

function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
