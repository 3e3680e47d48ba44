/** CPU-bound tasks per second on all cores: `node cpu-tasks.mjs <tasks> <steps of each>`. */
import { cpuCount, isMain, Pool } from 'brood';
import { report } from '../harness/report.mjs';
import { burn } from '../tasks.mjs';

if (isMain(import.meta)) {
  const [count, steps] = process.argv.slice(2).map(Number);
  const pool = new Pool(cpuCount());
  const runAll = (tasks) => Promise.all(Array.from({ length: tasks }, () => pool.apply(burn, [steps])));
  await runAll(10 * cpuCount());
  const start = performance.now();
  const results = await runAll(count);
  const seconds = (performance.now() - start) / 1000;
  const expected = burn(steps);
  if (results.some((it) => it !== expected)) throw new Error('A result is wrong');
  await report(count / seconds, { close: () => pool.terminate() });
}
