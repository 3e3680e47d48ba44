/** Median milliseconds of terminate() + join() of a pool whose workers are in endless loops: `node terminate.mjs <times>`. */
import { isMain, Pool, Value } from 'brood';
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { WORKERS } from '../work/open.mjs';

export function spin(running) {
  running.add(1);
  for (;;);
}

async function terminateBusy() {
  const pool = new Pool(WORKERS);
  const running = new Value('i32');
  const tasks = Array.from({ length: WORKERS }, () => pool.apply(spin, [running]));
  const settled = Promise.allSettled(tasks);
  while (running.value < WORKERS) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = performance.now();
  pool.terminate();
  await pool.join();
  const time = performance.now() - start;
  const reasons = (await settled).map(({ reason }) => reason?.name);
  if (reasons.some((name) => name !== 'PoolTerminatedError')) throw new Error(`The tasks ended with ${reasons}`);
  return time;
}

if (isMain(import.meta)) {
  const times = [];
  for (let n = 0; n < Number(process.argv[2]); n += 1) times.push(await terminateBusy());
  await report(median(times));
}
