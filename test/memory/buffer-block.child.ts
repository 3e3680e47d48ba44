import { BufferBlock, readBufferBlock } from '#dist/memory/buffer-block.js';
import type { CellLife } from '#dist/memory/cells.js';
import { currentArena } from '#dist/memory/current-arena.js';
import { encodeMessage } from '#dist/memory/handle-kind.js';
import { inheritArena } from '#dist/memory/inherited-arena.js';
import { ARENA_FD, input, say } from '../support/children.js';
import { countSteps, die, steps } from '../support/killing-steps.js';

// Leaves buffers out of messages of both carriages and reads them, until it is killed at a chosen step.
const SIZE = 300_000;
const { killAt } = input();
inheritArena(ARENA_FD);
const arena = currentArena('the test');
countSteps();
steps.killAt = killAt;
for (let round = 1; round <= 2; round += 1) {
  const bytes = new Uint8Array(SIZE).fill(round);
  const lent = BufferBlock.tryCopy(bytes);
  const handle = lent?.depart('lent') ?? null;
  for (let time = 0; time < 2; time += 1) check(readBufferBlock(handle, SIZE), round);
  lent?.end();
  const list: CellLife[] = [];
  const listed = encodeMessage(() => BufferBlock.tryCopy(bytes.fill(9))?.depart('listed') ?? null, list);
  const crate = arena.crates.make(new Uint8Array(10), list);
  for (const life of list) arena.heap.drop(life);
  check(readBufferBlock(listed, SIZE), 9);
  arena.heap.drop(crate);
}
arena.warm.drop();
if (killAt > 0) die(); // This time it took fewer steps.
say({ steps: steps.taken });

function check(buffer: ArrayBuffer, value: number): void {
  const bytes = new Uint8Array(buffer);
  if (bytes.length !== SIZE || !bytes.every((byte) => byte === value)) throw new Error(`it is not ${value} throughout`);
}
