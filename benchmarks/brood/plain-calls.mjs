/** Plain calls per second in a program that has sent a function: `node plain-calls.mjs found|closure|reference <calls>`. */
import { isMain, Pool, ref } from 'brood';
import { report } from '../harness/report.mjs';

const factor = 3;
export const scale = (n) => (n * factor) % 1_000_003;
const TARGETS = { found: () => scale, closure: () => (n) => scale(n), reference: () => ref(import.meta.url).scale };

function callMany(count) {
  let n = 1;
  for (let i = 0; i < count; i += 1) n = scale(n + i);
  return n;
}

if (isMain(import.meta)) {
  const count = Number(process.argv[3]);
  const pool = new Pool(1);
  callMany(100_000);
  if ((await pool.apply(TARGETS[process.argv[2]](), [2])) !== 6) throw new Error('The result is wrong');
  const start = performance.now();
  callMany(count);
  const seconds = (performance.now() - start) / 1000;
  await report(count / seconds, { close: () => pool.terminate() });
}
