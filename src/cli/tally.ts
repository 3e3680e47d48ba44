import { formatDuration } from './duration.ts';

/** How far a run has come. */
export interface Tally {
  /** All inputs; null while nobody can know. */
  readonly total: number | null;
  /** Inputs whose result an earlier run left. */
  skipped: number;
  /** Inputs that ended in this run, failures included. */
  done: number;
  failed: number;
  /** `performance.now()` when the first input was sent. */
  startedAt: number;
}

/** `412/1811 22%, 96.1/s, 14.6s left, 1 failed`; without a total neither the share nor the time left. */
export function formatTally(tally: Tally, now: number): string {
  const { total, skipped, done, failed } = tally;
  const ended = done + skipped;
  const rate = done / Math.max((now - tally.startedAt) / 1000, 0.001);
  const parts = [
    total === null ? `${ended} done` : `${ended}/${total} ${Math.floor((ended / Math.max(total, 1)) * 100)}%`,
    `${rate >= 100 ? rate.toFixed(0) : rate.toFixed(1)}/s`,
  ];
  if (total !== null && done > 0 && ended < total)
    parts.push(`${formatDuration(((total - ended) / rate) * 1000)} left`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

/** The last word: `1811 done in 12.3s, 2 failed, 40 skipped`. */
export function formatSummary(tally: Tally, now: number): string {
  const parts = [`${tally.done} done in ${formatDuration(now - tally.startedAt)}`];
  if (tally.failed > 0) parts.push(`${tally.failed} failed`);
  if (tally.skipped > 0) parts.push(`${tally.skipped} skipped, done before`);
  return parts.join(', ');
}
