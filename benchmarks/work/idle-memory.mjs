/** MiB of an idle process: `node idle-memory.mjs worker|node resident|own`. */
import { fileURLToPath } from 'node:url';
import { ownMemory, residentMemory } from '../harness/proc.mjs';
import { report } from '../harness/report.mjs';
import { median } from '../harness/statistics.mjs';
import { BARE_NODE, lookAtIdle } from './idle-program.mjs';

const [what, measure] = [process.argv[2], { resident: residentMemory, own: ownMemory }[process.argv[3]]];
const idlePool = [fileURLToPath(new URL('../brood/idle-main.mjs', import.meta.url))];

await report(
  what === 'node'
    ? await lookAtIdle(BARE_NODE, (pid) => measure(pid))
    : await lookAtIdle(idlePool, (_, workers) => median(workers.map(measure))),
);
