import type { Parameters } from 'fast-check';

/** The seed of this run, printed; `BROOD_SEED=<n>` replays it. */
export const seed: number = Number(process.env.BROOD_SEED ?? Date.now() % 2 ** 31);

console.log(`BROOD_SEED=${seed}`);

/** Runs of a property; `BROOD_RUNS=<n>` asks for more of them. */
export function runs<T>(numRuns: number): Parameters<T> {
  return { seed, numRuns: Number(process.env.BROOD_RUNS ?? numRuns) };
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function createRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
