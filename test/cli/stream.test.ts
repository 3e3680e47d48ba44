import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Running, task } from './brood.ts';

const LINES = 200_000;

test('200,000 lines of stdin: every result, in order, in flat memory', {
  skip: process.platform !== 'linux',
}, async () => {
  const running = new Running(['map', task('double'), '--lines', '--chunk', '50', '--quiet']);
  running.child.stdout.removeAllListeners('data'); // It would keep everything.
  const results = createInterface({ input: running.child.stdout })[Symbol.asyncIterator]();
  const expectResults = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1) {
      const { value } = await results.next();
      if (JSON.parse(value).result !== 2 * i) assert.fail(`line ${i} is ${value}`);
    }
  };
  const feed = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 500) {
      const lines = Array.from({ length: 500 }, (_, k) => `${i + k}\n`).join('');
      if (!running.child.stdin.write(lines)) await once(running.child.stdin, 'drain');
    }
  };

  await Promise.all([feed(0, 20_000), expectResults(0, 20_000)]);
  const before = peakMemory(running.child.pid as number);
  await Promise.all([feed(20_000, LINES), expectResults(20_000, LINES)]);
  const growth = peakMemory(running.child.pid as number) - before;
  running.child.stdin.end();
  assert.equal((await results.next()).done, true);
  assert.equal((await running.ended).status, 0);
  assert.ok(growth < 40 * 1024, `grew by ${growth} KiB`);
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
