import { attachArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';
import { ARENA_FD, input, say } from '../support/children.js';
import { countSteps, steps } from '../support/killing-steps.js';
import { createRandom } from '../support/random.js';

// Allocates, drops and passes blocks to itself, until it is killed at a chosen step.
const { seed, killAt, count } = input();
const arena = attachArena(requireNative('the test'), ARENA_FD);
const random = createRandom(seed);
const blocks = [];
countSteps();
steps.killAt = killAt;
for (let n = 0; n < count; n += 1) {
  const size = random() < 0.8 ? Math.floor(random() * 3000) : Math.floor(random() * 3e6);
  blocks.push(arena.heap.allocate(7, size));
  if (random() < 0.7) {
    const [block] = blocks.splice(Math.floor(random() * blocks.length), 1);
    if (block !== undefined) arena.heap.drop(block.life);
  }
}
// Others have been killed meanwhile: be killed while clearing up after them, too.
arena.reap();
steps.killAt = Number.POSITIVE_INFINITY;
say({ steps: steps.taken });
