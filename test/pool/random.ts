import type { TestContext } from 'node:test';

/** Numbers from 0 to 1. The seed is printed; BROOD_TEST_SEED replays it. */
export function createRandom(t: TestContext): () => number {
  const seed = Number(process.env.BROOD_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${t.name}: BROOD_TEST_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
