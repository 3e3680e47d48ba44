/** Nanoseconds of acquire + release while two processes do nothing else: `node lock-contended.mjs <times each>`. */
import { isMain, Lock } from 'brood';
import { report } from '../harness/report.mjs';
import { timed, timeTogether } from './crew.mjs';

export function contend(lock, times, place) {
  return timed(place, () => {
    for (let n = 0; n < times; n += 1) {
      lock.acquireSync();
      lock.release();
    }
  });
}

if (isMain(import.meta)) {
  const times = Number(process.argv[2]);
  const lock = new Lock();
  const milliseconds = await timeTogether(contend, [
    [lock, times],
    [lock, times],
  ]);
  await report((milliseconds * 1e6) / (2 * times));
}
