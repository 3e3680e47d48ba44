import { attachArena } from '#dist/memory/arena.js';
import { KIND } from '#dist/memory/kinds.js';
import { requireNative } from '#dist/os/native/native.js';
import { ARENA_FD, input, say } from '../support/children.js';
import { countSteps, die, steps } from '../support/killing-steps.js';

// Takes and keeps blocks, until it is killed at a chosen step.
const { killAt } = input();
const arena = attachArena(requireNative('the test'), ARENA_FD);
const SIZE = 300_000;
countSteps();
steps.killAt = killAt;
for (let round = 0; round < 2; round += 1) {
  const { block } = arena.warm.take(KIND.buffer, SIZE);
  new Uint8Array(arena.view(block.offset, SIZE)).fill(7);
  arena.warm.keep({ block, warmBytes: SIZE });
  const renewed = arena.warm.take(KIND.frame, SIZE);
  if (renewed.block.offset !== block.offset) throw new Error('it was not taken again');
  arena.warm.keep(renewed);
}
arena.warm.drop();
if (killAt > 0) die(); // This time it took fewer steps.
say({ steps: steps.taken });
