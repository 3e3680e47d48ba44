/** Items per second of `map` with default chunks: `node map.mjs <items>`. */
import { isMain, Pool } from 'brood';
import { report } from '../harness/report.mjs';
import { WORKERS } from '../work/open.mjs';

export const double = (n) => n * 2;

if (isMain(import.meta)) {
  const count = Number(process.argv[2]);
  const items = Array.from({ length: count }, (_, n) => n);
  const pool = new Pool(WORKERS);
  await pool.map(double, items.slice(0, 10_000));
  const start = performance.now();
  const results = await pool.map(double, items);
  const seconds = (performance.now() - start) / 1000;
  if (results.length !== count || results.some((it, n) => it !== 2 * n)) throw new Error('A result is wrong');
  await report(count / seconds, { close: () => pool.terminate() });
}
