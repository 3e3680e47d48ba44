import { openArena } from '#dist/memory/arena.js';
import { requireNative } from '#dist/os/native/native.js';
import { say } from '../support/children.js';

// Shares what it can where there is little address space.
const arena = openArena(requireNative('the test'));
let end = 0;
let address = 0;
while (end < 40e6) ({ offset: end, address } = arena.heap.allocate(7, 60_000));
arena.words.store(address, 3);
const large = (): string => {
  try {
    arena.heap.allocate(7, 1e6);
    return 'allocated';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
say({ byteLength: arena.byteLength, word: arena.words.load(address), large: large() });
