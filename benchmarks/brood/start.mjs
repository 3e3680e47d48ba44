/** Median milliseconds of start + join: `node start.mjs spawn|spare this|lean <milliseconds between> <times>`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { getAllStartMethods, isMain, Process, setStartMethod } from 'brood';
import { report, reportMissing } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { noop } from '../tasks.mjs';

export const nothing = () => {};
/** A target in this module, which imports the library, or in one that imports nothing. */
const TARGETS = { this: nothing, lean: noop };

if (isMain(import.meta)) {
  const [method, target] = [process.argv[2], TARGETS[process.argv[3]]];
  const [pause, count] = process.argv.slice(4).map(Number);
  if (!getAllStartMethods().includes(method)) reportMissing(`the start method "${method}"`);
  setStartMethod(method);
  const startAndJoin = async () => {
    await sleep(pause);
    const start = performance.now();
    const process = new Process({ target });
    process.start();
    await process.join();
    const time = performance.now() - start;
    if (process.exitCode !== 0) throw new Error(`${process.name} ended with exit code ${process.exitCode}`);
    return time;
  };
  const times = [];
  for (let n = 0; n < 2; n += 1) await startAndJoin();
  for (let n = 0; n < count; n += 1) times.push(await startAndJoin());
  await report(median(times));
}
