import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Cgroup {
  readonly folder: string;
  /** Runs what follows as its arguments within the group. */
  readonly command: readonly string[];
}

const MOUNT = '/sys/fs/cgroup';

/**
 * A control group with limits, `file: value`, of one controller; gone at the end of the test, when nothing is in it any more.
 * Undefined where this process may not make one.
 */
export function tryLimit(
  t: TestContext,
  controller: 'pids' | 'memory',
  limits: Readonly<Record<'v1' | 'v2', Readonly<Record<string, number>>>>,
): Cgroup | undefined {
  for (const version of ['v1', 'v2'] as const) {
    const parent = version === 'v1' ? join(MOUNT, controller) : join(MOUNT, ownGroup());
    const folder = join(parent, `brood-test-${process.pid}-${controller}`);
    if (!existsSync(parent)) continue;
    try {
      mkdirSync(folder);
      t.after(() => remove(folder));
      for (const [file, value] of Object.entries(limits[version])) writeFileSync(join(folder, file), String(value));
      return { folder, command: ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder] };
    } catch {
      // No such controller, or no right to use it.
    }
  }
  return undefined;
}

/** The kernel lets go of the ended a moment later. */
async function remove(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(20);
    }
  }
}

function ownGroup(): string {
  const line = readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('0::'));
  return line?.slice(3) ?? '/';
}
