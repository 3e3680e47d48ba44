/** In one line: the middle, the slow tail and the slowest of some times in milliseconds. Sorts them. */
export function describeTimes(times: number[]): string {
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.ceil(share * times.length) - 1] ?? Number.NaN).toFixed(1);
  return `${times.length} waits: half within ${at(0.5)} ms, 90 % ${at(0.9)}, 99 % ${at(0.99)}, all ${at(1)}`;
}
