import { processTable } from '../os/process-table.ts';

/** How often a process under a memory limit is looked at, in milliseconds: nothing in the system would tell. */
const INTERVAL = 25;

/** Calls `onExceeded` once, when the resident memory of a process and its descendants is above `limit` bytes. */
export function watchMemory(pid: number, limit: number, onExceeded: () => void): { stop(): void } {
  const timer = setInterval(() => {
    if (processTable.residentMemoryOfTree(pid) <= limit) return;
    clearInterval(timer);
    onExceeded();
  }, INTERVAL);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
