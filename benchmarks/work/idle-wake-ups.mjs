/** Wake-ups per second of a program and its workers that have nothing to do: `node idle-wake-ups.mjs pool|node <seconds>`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wakeUps } from '../harness/proc.mjs';
import { report } from '../harness/report.mjs';
import { BARE_NODE, lookAtIdle } from './idle-program.mjs';

const [what, seconds] = [process.argv[2], Number(process.argv[3])];
const args = what === 'node' ? BARE_NODE : [fileURLToPath(new URL('../brood/idle-main.mjs', import.meta.url))];

await report(
  await lookAtIdle(args, async (pid, workers) => {
    const count = () => [pid, ...workers].map(wakeUps).reduce((a, b) => a + b, 0);
    const before = count();
    await sleep(seconds * 1000);
    return (count() - before) / seconds;
  }),
);
