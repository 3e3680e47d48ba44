/** Median microseconds of a small message to a child and back: `node pipe.mjs <round trips>`. */
import { isMain, Process } from 'brood';
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { exportOf } from './exports.mjs';

export async function echo(connection) {
  for await (const message of connection) await connection.send(message);
}

if (isMain(import.meta)) {
  const pipe = await exportOf('brood/connection', 'pipe');
  const count = Number(process.argv[2]);
  const [here, there] = pipe();
  const child = new Process({ target: echo, args: [there] });
  child.start();
  there.close();
  const call = async (n) => {
    const start = performance.now();
    await here.send({ id: n, name: 'job' });
    const { id } = await here.recv();
    const time = performance.now() - start;
    if (id !== n) throw new Error(`Message ${n} came back as ${id}`);
    return time * 1000;
  };
  const times = [];
  for (let n = 0; n < count / 4; n += 1) await call(n);
  for (let n = 0; n < count; n += 1) times.push(await call(n));
  here.close();
  await child.join();
  await report(median(times));
}
