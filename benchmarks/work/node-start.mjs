/** Median milliseconds from the start of `node -e 0` to its end: `node node-start.mjs <times>`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';

const startAndJoin = async () => {
  const start = performance.now();
  const [code] = await once(spawn(process.execPath, ['-e', '0'], { stdio: 'inherit' }), 'exit');
  const time = performance.now() - start;
  if (code !== 0) throw new Error(`node -e 0 ended with exit code ${code}`);
  return time;
};
const times = [];
for (let n = 0; n < 2; n += 1) await startAndJoin();
for (let n = 0; n < Number(process.argv[2]); n += 1) times.push(await startAndJoin());
await report(median(times));
