import { constants } from 'node:os';

/** Sends a signal to every process of a group. False if there is none left, or only such as belong to another user. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}

/** Python's exit code: n for `process.exit(n)`, -n for a process that signal n killed. */
export function toExitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return signal === null ? (code ?? 0) : -constants.signals[signal];
}

/** `-SIGTERM` for -15, `3` for 3. */
export function describeExitCode(exitCode: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === -exitCode)?.[0];
  return exitCode < 0 && name !== undefined ? `-${name}` : String(exitCode);
}
