/** Milliseconds of CPU time that a pool's first call takes before it returns its promise: `node first-use.mjs exported|closure`. */
import { isMain, Pool } from 'brood';
import { report } from '../harness/report.mjs';

const factor = 2;
export const double = (n) => n * 2;

function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (isMain(import.meta)) {
  const fn = process.argv[2] === 'closure' ? (n) => n * factor : double;
  const pool = new Pool(1);
  const start = cpuTime();
  const result = pool.apply(fn, [4]);
  const time = cpuTime() - start;
  if ((await result) !== 8) throw new Error('The result is wrong');
  await report(time, { close: () => pool.terminate() });
}
