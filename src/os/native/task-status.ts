import { readFileSync } from 'node:fs';

/** One look at a process or thread, from /proc. */
export interface TaskStatus {
  /** In clock ticks since boot. Together with the id it names one task for ever. */
  readonly startTime: number;
  /** A zombie, or already gone but for its entry. */
  readonly isDead: boolean;
}

/** Undefined: there is none with that id. Threads are found by their own id too, though /proc does not list them. */
export function readTaskStatus(id: number): TaskStatus | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${id}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold anything, parentheses included.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return { startTime: Number(fields[19]), isDead: state === 'Z' || state === 'X' };
}
