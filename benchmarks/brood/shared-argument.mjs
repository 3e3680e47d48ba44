/** Median microseconds of a task with shared bytes: `node shared-argument.mjs <MiB> <calls>`. */
import { isMain, Pool, share } from 'brood';
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { edges } from '../tasks.mjs';
import { WORKERS } from '../work/open.mjs';

if (isMain(import.meta)) {
  const [mebibytes, count] = process.argv.slice(2).map(Number);
  const pool = new Pool(WORKERS);
  const bytes = share(new Uint8Array(mebibytes * 2 ** 20).fill(7));
  const call = async (n) => {
    bytes[0] = n % 256;
    const start = performance.now();
    const [first, last, length] = await pool.apply(edges, [bytes]);
    const time = performance.now() - start;
    if (first !== n % 256 || last !== 7 || length !== bytes.length) {
      throw new Error(`The task saw [${first}, ${last}, ${length}] in call ${n}`);
    }
    return time * 1000;
  };
  const times = [];
  for (let n = 0; n < count / 4; n += 1) await call(n);
  for (let n = 0; n < count; n += 1) times.push(await call(n));
  await report(median(times), { close: () => pool.terminate() });
}
