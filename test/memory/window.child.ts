import { attachArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';
import { ARENA_FD, input, say } from '../support/children.js';

// Allocates until it is far behind in the arena, and stays: to be killed.
const { size, until } = input();
const arena = attachArena(requireNative('the test'), ARENA_FD);
let cells = 0;
for (let end = 0; end < until; cells += 1) end = arena.heap.allocate(7, size).offset;
say({ cells });
setInterval(() => {}, 1000);
