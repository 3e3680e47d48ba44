import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `5s`, `1.5m` or `1h`; a bare number is milliseconds, as everywhere in the library. */
export function parseDuration(text: string, option: string): number {
  const [, amount, unit = 'ms'] = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] as number);
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds;
  throw new UsageError(
    `Cannot read ${option} "${text}": it is no duration above zero; write it like 500ms, 5s, 1.5m or 1h`,
  );
}

/** For people: `0.4s`, `12.3s`, `4m 05s`, `2h 10m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
