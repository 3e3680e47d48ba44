import { availableParallelism } from 'node:os';
import { cgroupFolders, readCgroupFile } from './cgroup.ts';

/** Cores this process may use, at least 1: the affinity mask, and the CPU quota of its cgroup (v2 or v1), rounded up. */
export function cpuCount(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupQuota())));
}

function cgroupQuota(): number {
  return Math.min(...cgroupFolders('cpu').map(quotaOf), Number.POSITIVE_INFINITY);
}

function quotaOf(folder: string): number {
  const both = readCgroupFile(`${folder}/cpu.max`);
  if (both !== '') return parseQuota(both);
  const quota = readCgroupFile(`${folder}/cpu.cfs_quota_us`);
  return parseQuota(`${quota.trim()} ${readCgroupFile(`${folder}/cpu.cfs_period_us`)}`);
}

/** `200000 100000` is two cores; `max 100000` and `-1 100000` are no limit. */
function parseQuota(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  if (!quota || !period || !(quota > 0) || !(period > 0)) return Number.POSITIVE_INFINITY;
  return quota / period;
}
