import { UsageError } from './usage-error.ts';

/** When failures end the run: at the `failures`th one, `now` kills what runs, `soon` lets it finish. */
export interface HaltPolicy {
  readonly when: 'now' | 'soon';
  readonly failures: number;
}

/** Reads `now`, `soon`, `now,fail=3` or `soon,fail=3`. */
export function parseHalt(text: string): HaltPolicy {
  const [, when, count = '1'] = /^(now|soon)(?:,fail=(\d+))?$/.exec(text.trim()) ?? [];
  const failures = Number(count);
  if (when !== undefined && Number.isSafeInteger(failures) && failures > 0) {
    return { when: when as HaltPolicy['when'], failures };
  }
  throw new UsageError(
    `Cannot read --halt "${text}": it is no halt condition; write now, soon, now,fail=3 or soon,fail=3`,
  );
}
