/** MiB per second into tasks with a large ArrayBuffer, one at a time: `node large-argument.mjs <peer> <MiB>`. */
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { openPool } from './open.mjs';

const [peer, mebibytes] = [process.argv[2], Number(process.argv[3])];
const pool = await openPool(peer, { serialization: 'advanced', warmUp: 10 });
const bytes = new Uint8Array(mebibytes * 2 ** 20).fill(7);

/** Every call sends other bytes, so nothing that was sent before can be taken for it. */
async function call(n) {
  bytes[0] = n;
  bytes[bytes.length - 1] = n + 1;
  const start = performance.now();
  const [first, last, length] = await pool.run('edges', bytes.buffer);
  const time = performance.now() - start;
  if (first !== n || last !== n + 1 || length !== bytes.length) {
    throw new Error(`${peer} saw [${first}, ${last}, ${length}] of buffer ${n}`);
  }
  return time;
}

const times = [];
for (let n = 0; n < 2; n += 1) await call(n);
for (let n = 2; n < 9; n += 1) times.push(await call(n));
await report(mebibytes / (median(times) / 1000), pool);
