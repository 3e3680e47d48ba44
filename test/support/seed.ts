import type { Parameters } from 'fast-check';

/** The seed of all that is random in this test file, printed; `BROOD_SEED=<n>` replays it. */
export const seed: number = Number(process.env.BROOD_SEED ?? Date.now() % 2 ** 31);

/** So many times as much is tried as in the gate: `BROOD_SCALE=<n>`. */
const scale = Number(process.env.BROOD_SCALE ?? 1);

/** Somebody asked for more than the gate does, and so for a machine that has time: only then times are asserted. */
export const isLong: boolean = scale > 1;

console.log(`BROOD_SEED=${seed}${isLong ? ` BROOD_SCALE=${scale}` : ''}`);

/** How many kills, rounds or items to try where the gate tries `usual`; at least one. */
export function scaled(usual: number): number {
  return Math.max(1, Math.round(usual * scale));
}

/** Runs of a property; the gate has `usual` of them. */
export function runs<T>(usual: number): Parameters<T> {
  return { seed, numRuns: scaled(usual) };
}
