import { burn } from '../tasks.mjs';
import { median } from './statistics.mjs';

/** How many steps of `burn` take so many milliseconds on this machine. */
export function stepsFor(milliseconds) {
  const trial = 1_000_000;
  const times = Array.from({ length: 25 }, () => {
    const start = performance.now();
    burn(trial);
    return performance.now() - start;
  });
  return Math.round((trial * milliseconds) / median(times));
}
