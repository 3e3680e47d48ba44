/** Nanoseconds of acquire + release, nobody else: `node lock.mjs <times>`. */
import { isMain, Lock } from 'brood';
import { report } from '../harness/report.mjs';

if (isMain(import.meta)) {
  const times = Number(process.argv[2]);
  const lock = new Lock();
  const start = performance.now();
  for (let n = 0; n < times; n += 1) {
    lock.acquireSync();
    lock.release();
  }
  await report(((performance.now() - start) * 1e6) / times);
}
