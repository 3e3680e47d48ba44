/** Microseconds from release() to the one in another process that waits for the lock: `node lock-hand-over.mjs sync|async <rounds>`. */
import { isMain, Lock } from 'brood';
import { report } from '../harness/report.mjs';
import { timed, timeTogether } from './crew.mjs';

/** Each has a lock that only the other releases, so that every release has somebody who waits for it. */
export function handOver(mine, other, style, rounds, place) {
  return timed(place, async () => {
    for (let n = 0; n < rounds; n += 1) {
      if (style === 'async') await mine.acquire();
      else mine.acquireSync();
      other.release();
    }
  });
}

if (isMain(import.meta)) {
  const [style, rounds] = [process.argv[2], Number(process.argv[3])];
  const [a, b] = [new Lock(), new Lock()];
  b.acquireSync();
  const milliseconds = await timeTogether(handOver, [
    [a, b, style, rounds],
    [b, a, style, rounds],
  ]);
  await report((milliseconds * 1000) / (2 * rounds));
}
