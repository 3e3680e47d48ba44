import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lock } from '#dist/synchronize/lock.js';
import { isLong } from '../support/seed.js';
import { startPart } from '../support/shared.js';

const program = new URL('./fairness.child.js', import.meta.url).href;

for (const style of ['sync', 'async']) {
  test(`Lock: a process that takes it again at once (${style}) does not keep the others out`, async () => {
    const lock = new Lock();
    const hog = startPart(program, 'hog', { lock, style });
    await hog.hear();
    const delays: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const start = performance.now();
      if (n % 2 === 0) await lock.acquire();
      else lock.acquireSync();
      delays.push(Math.round(performance.now() - start));
      lock.release();
    }
    await hog.kill();
    console.log(`delays: ${delays.sort((a, b) => a - b).slice(-5)}`);
    assert.ok((delays.at(-1) ?? 0) < (isLong ? 150 : 30_000), String(delays));
  });
}
