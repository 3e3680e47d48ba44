/**
 * Items per second of `map` with default chunks: `node map.mjs <items>` for the first in its pool, `node map.mjs again <items>` for
 * the median of ten after that.
 */
import { isMain, Pool } from 'brood';
import { report } from '../harness/report.mjs';
import { WORKERS } from '../work/open.mjs';

export const double = (n) => n * 2;

async function measure(pool, items) {
  const start = performance.now();
  const results = await pool.map(double, items);
  const seconds = (performance.now() - start) / 1000;
  if (results.length !== items.length || results.some((it, n) => it !== 2 * n)) throw new Error('A result is wrong');
  return items.length / seconds;
}

if (isMain(import.meta)) {
  const items = Array.from({ length: Number(process.argv.at(-1)) }, (_, n) => n);
  const pool = new Pool(WORKERS);
  await pool.map(double, items.slice(0, 10_000));
  const speeds = [await measure(pool, items)];
  if (process.argv[2] === 'again') {
    speeds.pop();
    for (let n = 0; n < 10; n += 1) speeds.push(await measure(pool, items));
  }
  speeds.sort((a, b) => a - b);
  const middle = speeds.length / 2;
  const median = (speeds[Math.ceil(middle - 1)] + speeds[Math.floor(middle)]) / 2;
  await report(median, { close: () => pool.terminate() });
}
