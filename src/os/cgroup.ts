import { readFileSync } from 'node:fs';

/**
 * The folders of this process's control groups that one controller may have files in: those of its group and of the groups around
 * it, whose limits bind it too, for version 2 and for version 1. Inside a container the path may not be visible; the root is.
 */
export function cgroupFolders(controller: string): string[] {
  if (process.platform !== 'linux') return [];
  const groups = readCgroupFile('/proc/self/cgroup').split('\n');
  const unified = groups.find((line) => line.startsWith('0::'))?.slice(3);
  const own = groups.find((line) => line.split(':')[1]?.split(',').includes(controller))?.split(':')[2];
  return [
    ...ancestors(unified).map((path) => `/sys/fs/cgroup${path}`),
    ...ancestors(own).map((path) => `/sys/fs/cgroup/${controller}${path}`),
  ];
}

/** Empty where there is no such file. */
export function readCgroupFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ancestors(path: string | undefined): string[] {
  if (path === undefined) return [];
  const parts = path.split('/').filter(Boolean);
  return [...parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`), ''];
}
