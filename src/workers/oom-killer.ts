import { countOomKills } from '../os/oom-kills.ts';

/** Of its victims, how many have been accounted for; undefined before the first look. */
let known: number | undefined;

/** Before there is a worker: what the kernel has killed until now was none of them. */
export function watchOomKiller(): void {
  known ??= countOomKills() ?? 0;
}

/**
 * Whether the kernel's killer may have been what killed a worker with SIGKILL, which nobody here did: it has killed one more process of
 * this control group than has been accounted for. It does not say which.
 */
export function wasOomKilled(): boolean {
  if (known === undefined || (countOomKills() ?? 0) <= known) return false;
  known += 1;
  return true;
}
