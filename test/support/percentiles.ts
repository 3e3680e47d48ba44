/** The value that so large a share of them does not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** In one line: the middle, the slow tail and the slowest of some times in milliseconds. */
export function describeTimes(times: readonly number[]): string {
  const at = (share: number): string => percentile(times, share).toFixed(1);
  return `${times.length} waits: half within ${at(0.5)} ms, 90 % ${at(0.9)}, 99 % ${at(0.99)}, all ${at(1)}`;
}
