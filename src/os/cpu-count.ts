import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Cores this process may use, at least 1: the affinity mask, and the CPU quota of its cgroup (v2 or v1), rounded up. */
export function cpuCount(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupQuota())));
}

function cgroupQuota(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const groups = tryRead('/proc/self/cgroup').split('\n');
  const unified = groups.find((line) => line.startsWith('0::'))?.slice(3);
  const cpu = groups.find((line) => line.split(':')[1]?.split(',').includes('cpu'))?.split(':')[2];
  return Math.min(
    ...ancestors(unified).map((path) => parseQuota(tryRead(`/sys/fs/cgroup${path}/cpu.max`))),
    ...ancestors(cpu).map((path) => {
      const quota = tryRead(`/sys/fs/cgroup/cpu${path}/cpu.cfs_quota_us`).trim();
      return parseQuota(`${quota} ${tryRead(`/sys/fs/cgroup/cpu${path}/cpu.cfs_period_us`)}`);
    }),
    Number.POSITIVE_INFINITY,
  );
}

/** `200000 100000` is two cores; `max 100000` and `-1 100000` are no limit. */
function parseQuota(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  if (!quota || !period || !(quota > 0) || !(period > 0)) return Number.POSITIVE_INFINITY;
  return quota / period;
}

/** A group is bound by the limits of the groups around it too. Inside a container its path may not be visible; the root is. */
function ancestors(path: string | undefined): string[] {
  if (path === undefined) return [];
  const parts = path.split('/').filter(Boolean);
  return [...parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`), ''];
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
