import { readFileSync } from 'node:fs';

/** One look at a process or thread, from /proc. */
export interface TaskStatus {
  /** In clock ticks since boot. Together with the id it names one task for ever. Undefined: there is a task, but it could not be read. */
  readonly startTime: number | undefined;
  /** A zombie, or already gone but for its entry. */
  readonly isDead: boolean;
}

/**
 * Undefined: there is none with that id. Threads are found by their own id too, though /proc does not list them. Below `task/`
 * it is the kernel that answers: an emulator (qemu-user) makes up /proc/<own id>/stat, with a start time that others do not see.
 */
export function readTaskStatus(id: number): TaskStatus | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${id}/task/${id}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    // Out of descriptors, say: not being able to look must never count as a death.
    return { startTime: undefined, isDead: false };
  }
  // The second field is the program's name in parentheses and may hold anything, parentheses included.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return { startTime: startTime === undefined ? undefined : Number(startTime), isDead: state === 'Z' || state === 'X' };
}
