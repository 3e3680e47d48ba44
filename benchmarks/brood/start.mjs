/** Median milliseconds of start + join: `node start.mjs spawn|spare this|lean <times>`. */
import { getAllStartMethods, isMain, Process, setStartMethod } from 'brood';
import { report, reportMissing } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { noop } from '../tasks.mjs';

export const nothing = () => {};
/** A target in this module, which imports the library, or in one that imports nothing. */
const TARGETS = { this: nothing, lean: noop };

if (isMain(import.meta)) {
  const [method, target, count] = [process.argv[2], TARGETS[process.argv[3]], Number(process.argv[4])];
  if (!getAllStartMethods().includes(method)) reportMissing(`the start method "${method}"`);
  setStartMethod(method);
  const startAndJoin = async () => {
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
