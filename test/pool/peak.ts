import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../process/program.js';

/** Processes of workers and spares below a process. */
export function workersBelow(pid: number): number[] {
  return childrenOf(pid)
    .filter(({ command, state }) => command.includes('worker-main') && state !== 'Z')
    .flatMap((child) => [child.pid, ...workersBelow(child.pid)]);
}

/** The most workers that there were at once while `act` ran. */
export async function peakDuring(act: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await sleep(5)) peak = Math.max(peak, workersBelow(process.pid).length);
  })();
  try {
    await act();
  } finally {
    isOver = true;
    await watching;
  }
  return peak;
}
