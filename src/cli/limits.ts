import { readFileSync } from 'node:fs';

/** How many of these this process may have; null where it is unlimited or cannot be known. */
export function readLimit(what: 'open files' | 'processes'): number | null {
  const own = tryRead('/proc/self/limits').match(new RegExp(`^Max ${what}\\s+(\\d+)`, 'm'))?.[1];
  const container = what === 'processes' ? tryRead('/sys/fs/cgroup/pids.max').match(/^\d+/)?.[0] : undefined;
  const limits = [own, container].filter((limit) => limit !== undefined).map(Number);
  return limits.length === 0 ? null : Math.min(...limits);
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
