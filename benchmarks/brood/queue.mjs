/** Small items per second from a child to this process: `node queue.mjs sync|async <items>`. */
import { isMain, Process } from 'brood';
import { report } from '../harness/report.mjs';
import { exportOf } from './exports.mjs';

const item = (n) => ({ id: n, name: 'job' });
const WARM_UP = 1000;

export async function produce(queue, style, count) {
  for (let n = 0; n < count; n += 1) {
    if (style === 'sync') queue.putSync(item(n));
    else await queue.put(item(n));
  }
}

if (isMain(import.meta)) {
  const Queue = await exportOf('brood', 'Queue');
  const [style, count] = [process.argv[2], Number(process.argv[3])];
  const queue = new Queue();
  const producer = new Process({ target: produce, args: [queue, style, WARM_UP + count] });
  producer.start();
  let start;
  for (let n = 0; n < WARM_UP + count; n += 1) {
    const { id, name } = style === 'sync' ? queue.getSync() : await queue.get();
    if (id !== n || name !== 'job') throw new Error(`Item ${n} arrived as ${id}, ${name}`);
    if (n === WARM_UP - 1) start = performance.now();
  }
  const seconds = (performance.now() - start) / 1000;
  await producer.join();
  await report(count / seconds);
}
