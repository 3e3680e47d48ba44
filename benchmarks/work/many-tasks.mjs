/** No-op tasks per second: `node many-tasks.mjs <peer> <at once> <tasks>`. */
import { report } from '../harness/report.mjs';
import { openPool } from './open.mjs';

const [peer, atOnce, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const pool = await openPool(peer, { warmUp: 5000 });

/** All in the queue from the start, or as many lanes as may be under way, each with one task at a time. */
async function runAll() {
  if (atOnce >= count) return Promise.all(Array.from({ length: count }, (_, n) => pool.run('noop', n)));
  const results = new Array(count);
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next;
      next += 1;
      results[n] = await pool.run('noop', n);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

const start = performance.now();
const results = await runAll();
const seconds = (performance.now() - start) / 1000;
const wrong = results.findIndex((result, n) => result !== n);
if (wrong !== -1) throw new Error(`${peer} answered ${results[wrong]} to task ${wrong}`);
await report(count / seconds, pool);
