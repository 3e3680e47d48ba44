/** The same tasks without a pool: a share of them in one plain loop per core. `node cpu-ideal.mjs <tasks> <steps>` */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { report } from '../harness/report.mjs';
import { burn } from '../tasks.mjs';

const [count, steps] = process.argv.slice(2).map(Number);

if (process.send) {
  for (let n = 0; n < 10; n += 1) burn(steps);
  process.once('message', () => {
    let sum = 0;
    for (let n = 0; n < count; n += 1) sum += burn(steps);
    process.send(sum, () => process.disconnect());
  });
  process.send('ready');
} else {
  const cores = availableParallelism();
  const share = Math.ceil(count / cores);
  const children = Array.from({ length: cores }, () => {
    return fork(fileURLToPath(import.meta.url), [String(share), String(steps)]);
  });
  await Promise.all(children.map((child) => once(child, 'message')));
  const start = performance.now();
  const sums = children.map((child) => once(child, 'message'));
  for (const child of children) child.send('go');
  for (const sum of sums) {
    const [result] = await sum;
    if (result !== share * burn(steps)) throw new Error('A result is wrong');
  }
  await report((cores * share) / ((performance.now() - start) / 1000));
}
