import { cgroupFolders, readCgroupFile } from './cgroup.ts';

/**
 * How many processes of this process's control group the kernel has killed for want of memory, here or in the whole machine;
 * undefined where nothing counts them, as outside of any group.
 */
export function countOomKills(): number | undefined {
  for (const folder of cgroupFolders('memory')) {
    for (const file of ['memory.events', 'memory.oom_control']) {
      const count = /^oom_kill (\d+)$/m.exec(readCgroupFile(`${folder}/${file}`))?.[1];
      if (count !== undefined) return Number(count);
    }
  }
  return undefined;
}
