/** Median microseconds from a call to its answer, one call at a time: `node round-trip.mjs <peer> <calls>`. */
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { openPool } from './open.mjs';

const [peer, count] = [process.argv[2], Number(process.argv[3])];
const pool = await openPool(peer);

async function call(n) {
  const start = performance.now();
  const result = await pool.run('noop', n);
  const time = performance.now() - start;
  if (result !== n) throw new Error(`${peer} answered ${result} to task ${n}`);
  return time * 1000;
}

const times = [];
for (let n = 0; n < count / 4; n += 1) await call(n);
for (let n = 0; n < count; n += 1) times.push(await call(n));
await report(median(times), pool);
